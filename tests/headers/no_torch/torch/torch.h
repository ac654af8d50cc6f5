// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#error "hwnas: a header of the upper half includes torch/torch.h; LibTorch belongs to nn/, train/, oneshot/, export/ and measure/"
