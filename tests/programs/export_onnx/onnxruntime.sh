# SPDX-FileCopyrightText: The hwnas authors
# SPDX-License-Identifier: Apache-2.0
# Random architectures of every space of the zoo: ONNX's checker accepts them, ONNX Runtime computes what LibTorch does.
source "$HWNAS_SOURCE_DIR/tests/programs/support.bash" "$1"
python_with numpy onnx onnxruntime
for space in proxylessnas spos fbnet once-for-all nasbench201 darts small-spos small-proxylessnas; do
  for seed in 1 2; do
    "$program" --space "$space" --seed "$seed" --batch 2 --samples --out "$space-$seed.onnx" >>out
  done
done
"$python" - *.onnx <<'PYTHON'
import sys
import numpy, onnx, onnxruntime

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    assert given.shape[0] == "batch", f"{path}: the batch is {given.shape[0]}"
    images = numpy.fromfile(path + ".input", numpy.float32).reshape([2] + given.shape[1:])
    expected = numpy.fromfile(path + ".output", numpy.float32)
    found = session.run(None, {given.name: images})[0]
    error = numpy.abs(found.ravel() - expected).max() / max(1, numpy.abs(expected).max())
    print(f"{path}: {len(model.graph.node)} nodes, largest difference {error:.2e}")
    assert found.shape[0] == 2 and error < 1e-4, path
    one = session.run(None, {given.name: images[:1]})[0]
    assert numpy.allclose(one[0], found[0], rtol=1e-4, atol=1e-4), f"{path}: another batch, other numbers"
PYTHON
