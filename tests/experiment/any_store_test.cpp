// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
#include "hwnas/experiment/any_store.hpp"

#include <gtest/gtest.h>

#include "temporary_folder.hpp"
#include "hwnas/core.hpp"
#include "laws/trial_store_laws.hpp"

namespace any_store_test {

using namespace hwnas;

using Block = LayerChoice<Conv1x1, Conv3x3, Conv5x5>;
using Space = Input<Sequential<Conv<Out<8>>, Block, Block, Block>, Shape{3, 8, 8}>;
using Store = AnyStore<Space>;

static_assert(TrialStore<Store, Space>);

TEST(AnyStore, KeepsTheLawsOfTrialStores) {
  const TemporaryFolder folder;
  int stores = 0;
  laws::trial_store_laws<Space>([&] { return Store::open(folder.path() / std::to_string(stores++)).value(); });
}

TEST(AnyStore, IsWhatItsNameSays) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "trials.db").string();
  EXPECT_EQ(Store::open(file).value().name(), file);
  const StoreOptions hasty{.patience = std::chrono::milliseconds{1}};
  EXPECT_EQ(Store::open("postgres://127.0.0.1:1/x", hasty).error().code, Error::Code::unavailable);
  EXPECT_EQ(Store::open("mysql://127.0.0.1/x").error().message,
            "mysql://127.0.0.1/x: expected a file, or postgresql://host/database");
}

}  // namespace any_store_test
