// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force: architectures and profiles.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_types_1_test {

TEST(RandomType, Number10AgreesWithBruteForce) { brute_force::check_paths<random_types::Space10>(); }
TEST(RandomType, Number11AgreesWithBruteForce) { brute_force::check_paths<random_types::Space11>(); }
TEST(RandomType, Number12AgreesWithBruteForce) { brute_force::check_paths<random_types::Space12>(); }
TEST(RandomType, Number13AgreesWithBruteForce) { brute_force::check_paths<random_types::Space13>(); }
TEST(RandomType, Number14AgreesWithBruteForce) { brute_force::check_paths<random_types::Space14>(); }
TEST(RandomType, Number15AgreesWithBruteForce) { brute_force::check_paths<random_types::Space15>(); }
TEST(RandomType, Number16AgreesWithBruteForce) { brute_force::check_paths<random_types::Space16>(); }
TEST(RandomType, Number17AgreesWithBruteForce) { brute_force::check_paths<random_types::Space17>(); }
TEST(RandomType, Number19AgreesWithBruteForce) { brute_force::check_paths<random_types::Space19>(); }

}  // namespace random_types_1_test
