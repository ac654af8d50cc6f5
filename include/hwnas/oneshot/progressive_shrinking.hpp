// SPDX-FileCopyrightText: The hwnas authors
// SPDX-License-Identifier: Apache-2.0
/// \file  Progressive shrinking (once-for-all, Cai et al. 2020): the largest network first, then ever more of the smaller
///        ones inside it: elastic kernel, then depth, then width; the resolution is elastic all the time.
///        OneShot search{supernet, ProgressiveShrinking<zoo::MobileNetV3OfaResolutions>{}};
///        A policy of other phases: ShrinkingOptions{.phases = {{"full", 10, {}}, {"kernel", 20, {{"kernel"}}}}}.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "hwnas/nn/channel_sorting.hpp"
#include "hwnas/nn/load.hpp"
#include "hwnas/nn/subnet.hpp"
#include "hwnas/oneshot/architecture_step.hpp"
#include "hwnas/oneshot/spos.hpp"
#include "hwnas/train/checkpoint.hpp"
#include "hwnas/train/distillation.hpp"

namespace hwnas {

/// A dimension that is elastic in a phase: decisions whose label ends in it ("stage1/0/kernel"), or is it.
struct Elastic {
  std::string dimension{};
  int largest = 0;  ///< how many candidates, from the largest; 0: all
};

/// A part of the training. Decisions of dimensions that it does not name take their largest candidate.
struct ShrinkingPhase {
  std::string name{};
  double epochs = 0;  ///< in proportion to the other phases'
  std::vector<Elastic> elastic{};
  bool sort_channels = false;  ///< before it begins
  bool distil = true;          ///< from the largest network as it was when the first such phase began
  int paths = 0;               ///< networks drawn in a step; 0: ShrinkingOptions::paths
};

/// Once-for-all's phases: epochs, depths, expansions and networks a step of its published schedule, after 180 epochs of
/// the full network.
[[nodiscard]] inline std::vector<ShrinkingPhase> once_for_all_phases() {
  const Elastic resolution{"resolution"}, kernel{"kernel"}, depth{"depth"};
  return {{"full", 180, {resolution}, false, false},
          {"kernel", 120, {resolution, kernel}},
          {"depth 1", 25, {resolution, kernel, {"depth", 2}}, false, true, 2},
          {"depth 2", 120, {resolution, kernel, depth}, false, true, 2},
          {"expand 1", 25, {resolution, kernel, depth, {"expand", 2}}, true, true, 4},
          {"expand 2", 120, {resolution, kernel, depth, {"expand"}}, true, true, 4}};
}

/// Settings; the defaults are once-for-all's.
struct ShrinkingOptions {
  std::vector<ShrinkingPhase> phases = once_for_all_phases();
  int paths = 1;  ///< networks drawn in a step of a phase that does not say; the gradients of several are added up
  /// BigNAS's (Yu et al. 2020): each step also runs the largest network, on the labels, and the smallest; all but the
  /// largest learn from its output of the same step.
  bool sandwich = false;
  double distillation = 1;  ///< weight of the loss against the largest network's output, beside the labels'
  SposOptions choosing{};   ///< evolution, its log, label smoothing
};

/// The strategy. Kernels and widths share their weights as the supernet has it: smaller kernels are centres of the larger
/// ones, or made of them by matrices that learn here with the weights (once-for-all's way:
/// Supernet<S> supernet{{.smaller_kernels = SmallerKernels::transformed}}).
///   Errors   begin() throws bad_value for phases that are empty or have no epochs and for a dimension that no decision
///            has; choose() gives bad_value for a decision that no phase makes elastic
template <class Space> class ProgressiveShrinking {
 public:
  using space = Space;
  static constexpr bool differentiable = false;

  explicit ProgressiveShrinking(ShrinkingOptions options = {}, Budgets<Space> budgets = {},
                                typename Spos<Space>::Seen seen = {})
      : options_{std::move(options)}, chooser_{options_.choosing, std::move(budgets), std::move(seen)} {}

  /// Divides the run's steps among the phases.
  void begin(const ArchitectureSchedule& schedule, const Rng&) {
    check();
    step_ = 0;
    teacher_.reset();
    starts_.clear();
    double all = 0, before = 0;
    for (const ShrinkingPhase& phase : options_.phases) all += phase.epochs;
    for (const ShrinkingPhase& phase : options_.phases) {
      starts_.push_back(static_cast<std::int64_t>(before / all * static_cast<double>(schedule.steps)));
      before += phase.epochs;
    }
    device_ = schedule.device;
  }

  /// The loss of the drawn networks; without a gradient of its own where a step has several.
  [[nodiscard]] torch::Tensor step(Supernet<Space>& supernet, const Batch& batch, Rng& rng) {
    const ShrinkingPhase& phase = enter(supernet);
    ++step_;
    if (options_.sandwich) return sandwich(supernet, batch, phase, rng);
    const int paths = paths_of(phase);
    const torch::Tensor soft = taught(phase, batch);
    if (paths == 1) return loss_of(supernet, batch, draw(phase, rng), soft);
    torch::Tensor sum = torch::zeros({}, batch.images.options());
    for (int i = 0; i < paths; ++i) add(sum, loss_of(supernet, batch, draw(phase, rng), soft));
    return sum / paths;
  }

  [[nodiscard]] Result<Choice<Space>> choose(const Judge<Space>& judge, Rng& rng) {
    if (auto trained = check_all_trained(); !trained) return trained.error();
    return chooser_.choose(judge, rng);
  }
  /// See Spos.
  template <Penalty P> void penalise(const P& penalty) { chooser_.penalise(penalty); }

  /// Phase of a step of the run.
  [[nodiscard]] std::size_t phase_at(std::int64_t step) const {
    std::size_t i = 0;
    while (i + 1 < starts_.size() && starts_[i + 1] <= step) ++i;
    return i;
  }
  /// A network of a phase: each decision uniform over what the phase allows.
  [[nodiscard]] static Architecture<Space> draw(const ShrinkingPhase& phase, Rng& rng) {
    return with([&](std::size_t d) { return order_of(d)[rng.below(allowed(phase, d))]; });
  }
  [[nodiscard]] static Architecture<Space> largest() {
    return with([](std::size_t d) { return order_of(d).front(); });
  }
  [[nodiscard]] static Architecture<Space> smallest(const ShrinkingPhase& phase) {
    return with([&](std::size_t d) { return order_of(d)[allowed(phase, d) - 1]; });
  }

  void save(StateRecord& state) const {
    state.put("shrinking/step", step_);
    if (teacher_) put_module(state, "shrinking/teacher", *teacher_);
  }
  [[nodiscard]] Result<void> load(const StateRecord& state) {
    auto at = state.get<std::int64_t>(state.contains("moved_step") ? "moved_step" : "shrinking/step");
    if (!at) return at.error();
    step_ = *at;
    teacher_.reset();
    const bool has_teacher =
        std::ranges::any_of(state.values(), [](const auto& v) { return v.first.starts_with("shrinking/teacher/"); });
    if (!has_teacher) return {};
    make_teacher();
    return get_module(state, "shrinking/teacher", *teacher_);
  }

 private:
  static bool is_of(std::string_view label, std::string_view dimension) {
    const auto slash = label.rfind('/');
    return (slash == std::string_view::npos ? label : label.substr(slash + 1)) == dimension;
  }
  void check() const {
    const auto bad = [](const std::string& text) {
      return Error{Error::Code::bad_value, "progressive shrinking: " + text};
    };
    if (options_.phases.empty() || options_.paths < 1) throw bad("expected at least one phase and one path a step");
    for (const ShrinkingPhase& phase : options_.phases) {
      if (!(phase.epochs > 0)) throw bad(fmt::format("the phase '{}' must have more than 0 epochs", phase.name));
      if (phase.paths < 0) throw bad(fmt::format("the phase '{}' must draw at least one network a step", phase.name));
      for (const Elastic& elastic : phase.elastic) {
        if (is_known(elastic.dimension)) continue;
        throw bad(fmt::format("the phase '{}' makes '{}' elastic, and no decision of the space is one", phase.name,
                              elastic.dimension));
      }
    }
  }
  // Evolution would choose among candidates that no step has trained.
  [[nodiscard]] Result<void> check_all_trained() const {
    for (const Decision& decision : decisions<Space>) {
      const auto frees = [&](const ShrinkingPhase& phase) { return allowed(phase, decision) == decision.count; };
      if (std::ranges::any_of(options_.phases, frees)) continue;
      return Error{Error::Code::bad_value,
                   fmt::format("progressive shrinking: no phase makes all of the decision '{}' elastic, so that it would "
                               "be chosen untrained",
                               decision.label)};
    }
    return {};
  }
  // A space need not have all of once-for-all's dimensions; another name that it lacks is a mistake.
  static bool is_known(std::string_view dimension) {
    for (const char* usual : {"resolution", "kernel", "depth", "expand"}) {
      if (dimension == usual) return true;
    }
    return std::ranges::any_of(decisions<Space>, [&](const Decision& d) { return is_of(d.label, dimension); });
  }
  [[nodiscard]] int paths_of(const ShrinkingPhase& phase) const {
    return phase.paths > 0 ? phase.paths : options_.paths;
  }
  // Candidates from the largest; those without a number are in the order of the type, the last the largest.
  static std::vector<std::uint8_t> order_of(std::size_t d) {
    const Decision& decision = decisions<Space>[d];
    std::vector<std::uint8_t> order(static_cast<std::size_t>(decision.count));
    std::iota(order.rbegin(), order.rend(), std::uint8_t{0});
    if (decision.values.size() == order.size()) {
      std::ranges::stable_sort(order, [&](auto a, auto b) { return decision.values[a] > decision.values[b]; });
    }
    return order;
  }
  static int allowed(const ShrinkingPhase& phase, const Decision& decision) {
    for (const Elastic& elastic : phase.elastic) {
      if (!is_of(decision.label, elastic.dimension)) continue;
      return elastic.largest > 0 ? std::min(elastic.largest, decision.count) : decision.count;
    }
    return 1;
  }
  static std::size_t allowed(const ShrinkingPhase& phase, std::size_t d) {
    return static_cast<std::size_t>(allowed(phase, decisions<Space>[d]));
  }
  template <class Pick> static Architecture<Space> with(Pick&& pick) {
    typename Architecture<Space>::values_type values{};
    for (std::size_t d = 0; d < values.size(); ++d) values[d] = pick(d);
    return Architecture<Space>::from_values(values);
  }

  // What happens once, before the first step of a phase.
  const ShrinkingPhase& enter(Supernet<Space>& supernet) {
    const std::size_t i = phase_at(step_);
    const ShrinkingPhase& phase = options_.phases[i];
    if (phase.distil && !options_.sandwich && !teacher_) {
      make_teacher();
      hwnas::load(*teacher_, supernet).value();
    }
    if (phase.sort_channels && step_ == starts_[i]) sort_channels(supernet);
    return phase;
  }
  void make_teacher() {
    teacher_ = std::make_shared<Subnet<Space>>(largest());
    teacher_->to(device_);
    teacher_->eval();
  }

  static torch::Tensor resized(const torch::Tensor& images, Shape shape) {
    if (images.size(2) == shape.h && images.size(3) == shape.w) return images;
    namespace F = torch::nn::functional;
    return F::interpolate(images, F::InterpolateFuncOptions{}
                                      .size(std::vector<std::int64_t>{shape.h, shape.w})
                                      .mode(torch::kBilinear)
                                      .align_corners(false));
  }
  static torch::Tensor logits_of(Supernet<Space>& supernet, const Batch& batch, const Architecture<Space>& a) {
    return supernet.forward(resized(batch.images, supernet.input_shape(a)), a);
  }
  // The teacher's classes; undefined where the phase has none.
  torch::Tensor taught(const ShrinkingPhase& phase, const Batch& batch) const {
    if (!phase.distil || !teacher_) return {};
    const torch::NoGradGuard no_gradients;
    return soft_labels(teacher_->forward(resized(batch.images, teacher_->plan().in)));
  }
  torch::Tensor loss_of(Supernet<Space>& supernet, const Batch& batch, const Architecture<Space>& a,
                        const torch::Tensor& soft) const {
    const torch::Tensor logits = logits_of(supernet, batch, a);
    const torch::Tensor loss = cross_entropy(logits, batch.labels, options_.choosing.label_smoothing);
    return soft.defined() ? loss + options_.distillation * distillation_loss(logits, soft) : loss;
  }
  static void add(torch::Tensor& sum, const torch::Tensor& loss) {
    loss.backward();
    sum += loss.detach();
  }
  torch::Tensor sandwich(Supernet<Space>& supernet, const Batch& batch, const ShrinkingPhase& phase, Rng& rng) const {
    const torch::Tensor full = logits_of(supernet, batch, largest());
    torch::Tensor sum = torch::zeros({}, batch.images.options());
    add(sum, cross_entropy(full, batch.labels, options_.choosing.label_smoothing));
    const torch::Tensor soft = soft_labels(full);
    add(sum, distillation_loss(logits_of(supernet, batch, smallest(phase)), soft));
    const int paths = paths_of(phase);
    for (int i = 0; i < paths; ++i) {
      add(sum, distillation_loss(logits_of(supernet, batch, draw(phase, rng)), soft));
    }
    return sum / (paths + 2);
  }

  ShrinkingOptions options_;
  Spos<Space> chooser_;
  std::shared_ptr<Subnet<Space>> teacher_;
  torch::Device device_ = torch::kCPU;
  std::vector<std::int64_t> starts_{0};
  std::int64_t step_ = 0;
};

}  // namespace hwnas
