// Matrix products beside the multiply-add peak of the same process, pair by pair: natively and as
// WebAssembly, where Google Benchmark is not to be had.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "kernels/peak.h"
#include "products.h"

namespace clearformer::bench {
namespace {

double median(std::vector<double> numbers) {
  std::nth_element(numbers.begin(), numbers.begin() + numbers.size() / 2, numbers.end());
  return numbers[numbers.size() / 2];
}

// GFLOP/s of fn, which says how many operations it did.
template <class Fn>
double rate(Fn&& fn) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const double operations = fn();
  return operations / 1e9 / std::chrono::duration<double>(Clock::now() - start).count();
}

void measure(std::int64_t rows, std::int64_t C_in, std::int64_t C_out, Form form,
             Arithmetic arithmetic) {
  Layer layer(rows, C_in, C_out);
  ThreadPool pool(1);
  const int calls = static_cast<int>(std::max(1.0, 1e8 / layer.flops()));
  const double work = calls * layer.flops();
  float sink = 1;
  std::vector<double> rates, fractions;
  for (int i = 0; i < std::max(10.0, 60 * 1e8 / work); ++i) {
    // As much work as the products are: on a busy machine both are interrupted as often.
    const double peak = rate([&] {
      double done = 0;
      while (done < work)
        done += static_cast<double>(multiply_add_rounds(arithmetic, 1 << 14, sink));
      return done;
    });
    rates.push_back(rate([&] {
      for (int call = 0; call < calls; ++call) layer.multiply(pool, form, arithmetic);
      return work;
    }));
    fractions.push_back(rates.back() / peak);
  }
  std::printf("%-9s %5d x %4d x %4d  %s  %6.1f GFLOP/s  %3.0f %% of peak%s\n", form_name(form),
              static_cast<int>(rows), static_cast<int>(C_in), static_cast<int>(C_out),
              arithmetic_name(arithmetic), median(rates), 100 * median(fractions),
              sink == 0 ? " " : "");
}

}  // namespace
}  // namespace clearformer::bench

int main() {
  using namespace clearformer;
  constexpr std::int64_t kShapes[][3] = {{768, 128, 512}, {768, 512, 128}, {2048, 384, 1536},
                                         {768, 128, 384}, {768, 128, 128}, {64, 128, 512},
                                         {256, 64, 192},  {97, 101, 103}};
  for (const Arithmetic arithmetic : {Arithmetic::strict, Arithmetic::fused}) {
    if (arithmetic == Arithmetic::fused && !can_fuse()) continue;
    for (const auto& [rows, C_in, C_out] : kShapes)
      for (const bench::Form form : bench::kForms)
        bench::measure(rows, C_in, C_out, form, arithmetic);
  }
}
