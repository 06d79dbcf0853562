#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "train/trainer.h"

namespace clearformer {

// Looks for a learning rate: trains a copy of a run from its beginning for kSteps steps at most,
// each at a higher rate than the one before, and sees where the loss falls and where it no longer
// does. Smith, "Cyclical learning rates for training neural networks" (2017), section 3.3.
class LrFinder {
 public:
  static constexpr int kSteps = 100;
  static constexpr double kLowest = 1e-6, kHighest = 10;

  // A rate, and the loss of its step, which is that before the update.
  struct Point {
    double lr, loss;
  };

  // Errors as begin_again's, and "state" where there is no text. The pool outlives the finder.
  static Result<std::unique_ptr<LrFinder>> create(std::span<const std::uint8_t> run,
                                                  ThreadPool& pool, std::string text = {});

  // One step more. Nothing happens once it is done: all rates were tried, or the loss is no longer
  // finite or four times the lowest seen, where fastai's finder stops too.
  void step();
  bool done() const { return done_; }

  const std::vector<Point>& points() const { return points_; }
  // The loss of each point as the mean of up to kSmoothed points around it, as many before as
  // behind, so that the curve lies where the losses do.
  static constexpr int kSmoothed = 7;
  std::vector<double> smoothed() const;
  // Which point's smoothed loss is the lowest before it first rises, by kRise of its whole fall:
  // what comes after one may be lower by chance alone. -1 where it never falls.
  static constexpr double kRise = 0.1;
  int lowest() const;
  // A tenth of the rate there, to two digits: Howard, Gugger, "fastai: A layered API for deep
  // learning" (2020), its lr_find's "minimum", which is that
  // before divergence. NaN while it is not done, and where there is none.
  double suggested() const;

  // The rate of step i, counted from 0: even steps of its logarithm, from kLowest to kHighest.
  static double rate(int i);

 private:
  explicit LrFinder(std::unique_ptr<Trainer> copy) : copy_(std::move(copy)) {}

  std::unique_ptr<Trainer> copy_;
  std::vector<Point> points_;
  bool done_ = false;
};

// One object: points with their smoothed losses, how many there can be, "done", "suggested".
std::string lr_finder_to_json(const LrFinder& finder);

}  // namespace clearformer
