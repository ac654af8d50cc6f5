// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force, expectations, counts and draws included.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_budgets_1_test {

TEST(RandomTypeWithBudgets, Number27AgreesWithBruteForce) { brute_force::check_space<random_types::Space27>(); }
TEST(RandomTypeWithBudgets, Number52AgreesWithBruteForce) { brute_force::check_space<random_types::Space52>(); }
TEST(RandomTypeWithBudgets, Number61AgreesWithBruteForce) { brute_force::check_space<random_types::Space61>(); }

}  // namespace random_budgets_1_test
