// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force: architectures and profiles.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_types_5_test {

TEST(RandomType, Number50AgreesWithBruteForce) { brute_force::check_paths<random_types::Space50>(); }
TEST(RandomType, Number51AgreesWithBruteForce) { brute_force::check_paths<random_types::Space51>(); }
TEST(RandomType, Number53AgreesWithBruteForce) { brute_force::check_paths<random_types::Space53>(); }
TEST(RandomType, Number54AgreesWithBruteForce) { brute_force::check_paths<random_types::Space54>(); }
TEST(RandomType, Number55AgreesWithBruteForce) { brute_force::check_paths<random_types::Space55>(); }
TEST(RandomType, Number56AgreesWithBruteForce) { brute_force::check_paths<random_types::Space56>(); }
TEST(RandomType, Number57AgreesWithBruteForce) { brute_force::check_paths<random_types::Space57>(); }
TEST(RandomType, Number58AgreesWithBruteForce) { brute_force::check_paths<random_types::Space58>(); }
TEST(RandomType, Number59AgreesWithBruteForce) { brute_force::check_paths<random_types::Space59>(); }

}  // namespace random_types_5_test
