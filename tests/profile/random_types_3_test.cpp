// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force: architectures and profiles.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_types_3_test {

TEST(RandomType, Number30AgreesWithBruteForce) { brute_force::check_paths<random_types::Space30>(); }
TEST(RandomType, Number31AgreesWithBruteForce) { brute_force::check_paths<random_types::Space31>(); }
TEST(RandomType, Number32AgreesWithBruteForce) { brute_force::check_paths<random_types::Space32>(); }
TEST(RandomType, Number33AgreesWithBruteForce) { brute_force::check_paths<random_types::Space33>(); }
TEST(RandomType, Number34AgreesWithBruteForce) { brute_force::check_paths<random_types::Space34>(); }
TEST(RandomType, Number35AgreesWithBruteForce) { brute_force::check_paths<random_types::Space35>(); }
TEST(RandomType, Number36AgreesWithBruteForce) { brute_force::check_paths<random_types::Space36>(); }
TEST(RandomType, Number37AgreesWithBruteForce) { brute_force::check_paths<random_types::Space37>(); }
TEST(RandomType, Number38AgreesWithBruteForce) { brute_force::check_paths<random_types::Space38>(); }
TEST(RandomType, Number39AgreesWithBruteForce) { brute_force::check_paths<random_types::Space39>(); }

}  // namespace random_types_3_test
