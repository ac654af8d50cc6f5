// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force: architectures and profiles.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_types_0_test {

TEST(RandomType, Number1AgreesWithBruteForce) { brute_force::check_paths<random_types::Space1>(); }
TEST(RandomType, Number2AgreesWithBruteForce) { brute_force::check_paths<random_types::Space2>(); }
TEST(RandomType, Number3AgreesWithBruteForce) { brute_force::check_paths<random_types::Space3>(); }
TEST(RandomType, Number4AgreesWithBruteForce) { brute_force::check_paths<random_types::Space4>(); }
TEST(RandomType, Number5AgreesWithBruteForce) { brute_force::check_paths<random_types::Space5>(); }
TEST(RandomType, Number7AgreesWithBruteForce) { brute_force::check_paths<random_types::Space7>(); }
TEST(RandomType, Number8AgreesWithBruteForce) { brute_force::check_paths<random_types::Space8>(); }
TEST(RandomType, Number9AgreesWithBruteForce) { brute_force::check_paths<random_types::Space9>(); }

}  // namespace random_types_0_test
