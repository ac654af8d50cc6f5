// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Random types against brute force, expectations, counts and draws included.
#include "profile/check_space.hpp"
#include "space/random_types.hpp"

namespace random_budgets_0_test {

TEST(RandomTypeWithBudgets, Number0AgreesWithBruteForce) { brute_force::check_space<random_types::Space0>(); }
TEST(RandomTypeWithBudgets, Number6AgreesWithBruteForce) { brute_force::check_space<random_types::Space6>(); }
TEST(RandomTypeWithBudgets, Number18AgreesWithBruteForce) { brute_force::check_space<random_types::Space18>(); }

}  // namespace random_budgets_0_test
