#include "inspect/lr_finder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/math.h"
#include "inspect/json.h"
#include "inspect/run_copy.h"
#include "text/decimal.h"
#include "text/words.h"

namespace clearformer {
namespace {

constexpr double kDiverged = 4;  // times the lowest loss

}  // namespace

double LrFinder::rate(int i) {
  const double share = static_cast<double>(i) / (kSteps - 1);
  return kLowest * exp(share * log(kHighest / kLowest));
}

Result<std::unique_ptr<LrFinder>> LrFinder::create(std::span<const std::uint8_t> run,
                                                   ThreadPool& pool, std::string text) {
  Result<std::unique_ptr<Trainer>> copy = begin_again(run, kSteps, pool, std::move(text));
  if (!copy.ok()) return copy.error();
  if (!copy.value()->has_text())
    return Error{"state", "", "This model came without a text; give it one to learn from."};
  return std::unique_ptr<LrFinder>(new LrFinder(std::move(copy.value())));
}

void LrFinder::step() {
  if (done_) return;
  const double lr = std::min(rate(static_cast<int>(points_.size())), kHighest);
  CHECK(copy_->change_schedule({kSteps, lr, lr, copy_->recipe().grad_clip}).ok());
  const Result<StepResult> result = copy_->step();
  if (!result.ok() || result.value().skipped) {
    done_ = true;
    return;
  }
  const double loss = result.value().loss;
  points_.push_back({lr, loss});
  double lowest = loss;
  for (const Point& point : points_) lowest = std::min(lowest, point.loss);
  done_ = points_.size() == kSteps || loss > kDiverged * lowest;
}

std::vector<double> LrFinder::smoothed() const {
  const int n = static_cast<int>(points_.size());
  std::vector<double> smoothed;
  for (int i = 0; i < n; ++i) {
    const int reach = std::min({kSmoothed / 2, i, n - 1 - i});
    double sum = 0;
    for (int j = i - reach; j <= i + reach; ++j) sum += points_[j].loss;
    smoothed.push_back(sum / (2 * reach + 1));
  }
  return smoothed;
}

int LrFinder::lowest() const {
  const std::vector<double> losses = smoothed();
  if (losses.empty()) return -1;
  const double fall = losses[0] - *std::min_element(losses.begin(), losses.end());
  std::size_t lowest = 0;
  for (std::size_t i = 1; i < losses.size(); ++i) {
    if (losses[i] - losses[lowest] > kRise * fall && lowest > 0) break;
    if (losses[i] < losses[lowest]) lowest = i;
  }
  return lowest > 0 ? static_cast<int>(lowest) : -1;
}

double LrFinder::suggested() const {
  const int at = lowest();
  if (!done_ || at < 0) return std::numeric_limits<double>::quiet_NaN();
  const std::string rounded = format_rounded(points_[at].lr / 10, 2);
  const char* end = nullptr;
  return read_decimal(rounded.c_str(), &end);
}

std::string lr_finder_to_json(const LrFinder& finder) {
  JsonWriter json;
  json.number("steps", LrFinder::kSteps);
  json.boolean("done", finder.done());
  json.number("lowest", finder.lowest());
  json.number("suggested", finder.suggested());
  const std::vector<double> smoothed = finder.smoothed();
  std::size_t i = 0;
  json.list("points", finder.points(), [&](const LrFinder::Point& point) {
    json.number("lr", point.lr);
    json.number("loss", point.loss);
    json.number("smoothed", smoothed[i++]);
  });
  return json.take();
}

}  // namespace clearformer
