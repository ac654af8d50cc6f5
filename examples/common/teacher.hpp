// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Teachers: the network of --distill, from whose output the retrained one learns.
///        Teachers<Space> teachers{session};  teachers.read();                 // before anything is trained
///        auto teacher = teachers.choose(searched.supernet.get(), found);      // null without --distill
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/ranks.hpp"
#include "common/session.hpp"
#include "hwnas/nn/load.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/nn/supernet.hpp"
#include "hwnas/oneshot/one_shot.hpp"
#include "hwnas/profile/feasible_set.hpp"
#include "hwnas/space/json.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/evaluate.hpp"
#include "hwnas/train/state_record.hpp"

namespace programs {

/// The name under which a retraining's checkpoint says whose weights it holds.
inline constexpr const char* architecture_key = "architecture";

/// Weights of a checkpoint: a supernet's, or those of one network. One of the two is there.
template <class Space> struct SavedWeights {
  std::unique_ptr<Supernet<Space>> supernet{};
  std::unique_ptr<Subnet<Space>> net{};
};

/// Reads the bytes of a checkpoint of spos or proxyless; `path` begins each message.
///   Errors   those of decode_state; mismatch: of another space
template <class Space>
[[nodiscard]] Result<SavedWeights<Space>> saved_weights(const std::string& bytes, const std::string& path) {
  const auto state = decode_state(bytes, path);
  if (!state) return state.error();
  const auto foreign = [&](const Error& error) {
    return Error{Error::Code::mismatch, fmt::format("{}: expected weights of this space's supernet or of a network "
                                                    "of it ({})", path, error.message)};
  };
  SavedWeights<Space> weights;
  if (!state->contains(architecture_key)) {
    weights.supernet = std::make_unique<Supernet<Space>>();
    if (auto done = get_module(*state, "model", *weights.supernet); !done) return foreign(done.error());
    return weights;
  }
  const auto text = state->template get<std::string>(architecture_key);
  if (!text) return text.error();
  const auto a = from_json<Space>(*text);
  if (!a) return foreign(a.error());
  weights.net = std::make_unique<Subnet<Space>>(*a);
  if (auto done = get_module(*state, "model", *weights.net); !done) return foreign(done.error());
  return weights;
}

/// Finds the teacher of a run. Its functions throw Error; all ranks call them together.
template <class Space> class Teachers {
 public:
  explicit Teachers(Session<Space>& session) : session_{session} {}

  /// Whether --distill's file can teach; rank 0 reads it.
  void read() {
    if (options_.distill.empty() || options_.distill == "supernet") return;
    from_file_ = session_.from_first([&] {
      const std::string bytes = read_text(options_.distill).value();
      weights_ = saved_weights<Space>(bytes, options_.distill).value();
      hwnas::detail::Fingerprint sum;
      sum.text(bytes);
      return fmt::format("{:016x}", sum.value);
    });
  }

  /// The teacher, in evaluation mode on the training's device.
  [[nodiscard]] std::shared_ptr<Subnet<Space>> choose(Supernet<Space>* searched, const Architecture<Space>& found) {
    if (options_.distill.empty()) return nullptr;
    std::shared_ptr<Subnet<Space>> net;
    const std::string whose = session_.from_first([&] {
      if (weights_.net) net = std::move(weights_.net);
      if (!net) net = best_path(weights_.supernet ? *weights_.supernet : *searched, found);
      return to_json(net->architecture());
    });
    if (!net) net = std::make_shared<Subnet<Space>>(from_json<Space>(whose).value());
    send(*net);
    net->to(session_.device());
    net->eval();
    return net;
  }

  /// For checkpoints: which teacher this is; "" without one.
  [[nodiscard]] std::string identity() const {
    if (options_.distill.empty()) return "";
    return fmt::format(", taught by {}, weight {}, temperature {}", from_file_.empty() ? "the supernet" : from_file_,
                       options_.distill_weight, options_.distill_temperature);
  }

 private:
  /// Of most multiply-adds, since nobody can say which of a supernet's paths has the most to teach before it is asked.
  [[nodiscard]] static Architecture<Space> largest() {
    const auto most = Session<Space>::flops.range().max;
    Rng rng{1};
    return uniform_within(Session<Space>::flops, most, most).value()(rng);
  }

  [[nodiscard]] std::shared_ptr<Subnet<Space>> best_path(Supernet<Space>& supernet, const Architecture<Space>& found) const {
    std::shared_ptr<Subnet<Space>> best;
    double accuracy = -1;
    for (const Architecture<Space>& a : {largest(), found}) {
      auto net = std::make_shared<Subnet<Space>>(a);
      load(*net, supernet).value();
      const double own = recalibrated_accuracy(*net);
      if (own > accuracy) accuracy = own, best = std::move(net);
    }
    session_.say("teacher: the supernet's {} path, {:.2f} % of the validation images",
                 best->architecture() == found ? "found" : "largest", 100 * accuracy);
    return best;
  }
  [[nodiscard]] double recalibrated_accuracy(Subnet<Space>& net) const {
    const auto& images = session_.images;
    const EvaluateOptions where{.device = session_.device(), .stop = session_.stop.asked()};
    net.to(where.device);
    const auto forward = [&](const torch::Tensor& x) { return net.forward(x); };
    const Loader train = learning_loader(images.train, images, options_, session_.rng.split(supernet_order));
    recalibrate(net, forward, train, OneShotOptions{}.recalibration_batches, where).value();
    return evaluate(net, forward, plain_loader(images.validation, images, options_), where).value().top1();
  }
  void send(Subnet<Space>& net) const {
    if (options_.ranks == nullptr) return;
    const torch::NoGradGuard no_gradients;
    for (const auto& [name, tensor] : named_tensors(net)) options_.ranks->broadcast(tensor, 0);
  }

  Session<Space>& session_;
  const Options& options_ = session_.options;
  SavedWeights<Space> weights_{};  ///< of rank 0
  std::string from_file_{};        ///< what tells this file from others
};

}  // namespace programs
