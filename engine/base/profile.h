#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace clearformer {

// What an op took, over all of its calls.
struct OpTime {
  const char* op;  // the function's name
  std::int64_t calls = 0;
  double seconds = 0;
  double flops = 0;  // of its matrix products, a multiplication and an addition counted as two
};

// Where the time of a step goes, op by op, in the order in which they first run.
class Profile {
 public:
  virtual ~Profile() = default;
  // At the end of each op; a test may look at memory then.
  virtual void add(const char* op, double seconds, double flops) {
    OpTime& time = find(op);
    ++time.calls;
    time.seconds += seconds;
    time.flops += flops;
  }
  const std::vector<OpTime>& ops() const { return ops_; }
  void clear() { ops_.clear(); }

 private:
  OpTime& find(const char* op) {
    for (OpTime& time : ops_)
      if (std::string_view(time.op) == op) return time;
    return ops_.emplace_back(OpTime{op});
  }

  std::vector<OpTime> ops_;
};

// Adds the time until the end of its scope to a profile, where there is one.
class OpTimer {
 public:
  using Clock = std::chrono::steady_clock;

  explicit OpTimer(Profile* profile, const char* op, double flops = 0)
      : profile_(profile), op_(op), flops_(flops) {
    if (profile_ != nullptr) start_ = Clock::now();
  }
  ~OpTimer() {
    if (profile_ == nullptr) return;
    profile_->add(op_, std::chrono::duration<double>(Clock::now() - start_).count(), flops_);
  }
  OpTimer(const OpTimer&) = delete;

 private:
  Profile* profile_;
  const char* op_;
  double flops_;
  Clock::time_point start_{};
};

}  // namespace clearformer
