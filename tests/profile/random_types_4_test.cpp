// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force: architectures and profiles.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_types_4_test {

TEST(RandomType, Number40AgreesWithBruteForce) { brute_force::check_paths<random_types::Space40>(); }
TEST(RandomType, Number41AgreesWithBruteForce) { brute_force::check_paths<random_types::Space41>(); }
TEST(RandomType, Number42AgreesWithBruteForce) { brute_force::check_paths<random_types::Space42>(); }
TEST(RandomType, Number43AgreesWithBruteForce) { brute_force::check_paths<random_types::Space43>(); }
TEST(RandomType, Number44AgreesWithBruteForce) { brute_force::check_paths<random_types::Space44>(); }
TEST(RandomType, Number45AgreesWithBruteForce) { brute_force::check_paths<random_types::Space45>(); }
TEST(RandomType, Number46AgreesWithBruteForce) { brute_force::check_paths<random_types::Space46>(); }
TEST(RandomType, Number47AgreesWithBruteForce) { brute_force::check_paths<random_types::Space47>(); }
TEST(RandomType, Number48AgreesWithBruteForce) { brute_force::check_paths<random_types::Space48>(); }
TEST(RandomType, Number49AgreesWithBruteForce) { brute_force::check_paths<random_types::Space49>(); }

}  // namespace random_types_4_test
