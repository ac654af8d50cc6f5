// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force: architectures and profiles.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_types_2_test {

TEST(RandomType, Number20AgreesWithBruteForce) { brute_force::check_paths<random_types::Space20>(); }
TEST(RandomType, Number21AgreesWithBruteForce) { brute_force::check_paths<random_types::Space21>(); }
TEST(RandomType, Number22AgreesWithBruteForce) { brute_force::check_paths<random_types::Space22>(); }
TEST(RandomType, Number23AgreesWithBruteForce) { brute_force::check_paths<random_types::Space23>(); }
TEST(RandomType, Number24AgreesWithBruteForce) { brute_force::check_paths<random_types::Space24>(); }
TEST(RandomType, Number25AgreesWithBruteForce) { brute_force::check_paths<random_types::Space25>(); }
TEST(RandomType, Number26AgreesWithBruteForce) { brute_force::check_paths<random_types::Space26>(); }
TEST(RandomType, Number28AgreesWithBruteForce) { brute_force::check_paths<random_types::Space28>(); }
TEST(RandomType, Number29AgreesWithBruteForce) { brute_force::check_paths<random_types::Space29>(); }

}  // namespace random_types_2_test
