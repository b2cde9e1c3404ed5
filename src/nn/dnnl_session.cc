#include <algorithm>
#include <list>
#include <mutex>
#include <new>
#include <utility>

#include "base/one_thread.h"
#include "nn/dnnl_plan.h"
#include "nn/graph.h"
#include "nn/passes.h"
#include "nn/session.h"

namespace kinfolder {
namespace {

// Shapes whose plans are kept: a few batch sizes, or the pyramid of a photo of usual size.
constexpr std::size_t kMaxPlans = 64;
// Arenas larger than this (a huge photo) are given back to the system after use.
constexpr std::size_t kMaxKeptArenaBytes = std::size_t{256} << 20;

// Arenas of calls that are over, for the next: fresh memory costs more than many a layer.
class ArenaPool {
 public:
  AlignedBytes Take(std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      for (auto arena = free_.begin(); arena != free_.end(); ++arena) {
        if (arena->size() < bytes) continue;
        AlignedBytes taken = std::move(*arena);
        free_.erase(arena);
        return taken;
      }
      if (!free_.empty()) free_.pop_front();  // too small: replaced by the one made now
    }
    return AlignedBytes(bytes);
  }

  void Return(AlignedBytes arena) {
    if (arena.size() > kMaxKeptArenaBytes) return;
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(arena));
  }

 private:
  std::mutex mutex_;
  std::list<AlignedBytes> free_;
};

class DnnlSession : public Session {
 public:
  explicit DnnlSession(Graph graph)
      : graph_(std::move(graph)), engine_(dnnl::engine::kind::cpu, 0), weights_(graph_, engine_) {
    for (const GraphInput& input : graph_.inputs) input_names_.push_back(input.name);
  }

  const std::vector<std::string>& input_names() const override { return input_names_; }
  const std::vector<std::string>& output_names() const override { return graph_.outputs; }

  Result<std::vector<Tensor>> Run(std::span<const Tensor> inputs) const override {
    ASSIGN_OR_RETURN(const std::vector<Shape> shapes, CheckInputs(graph_, inputs));
    const OneThread one_thread;
    try {
      ASSIGN_OR_RETURN(const std::shared_ptr<Entry> entry, PlanFor(shapes));
      AlignedBytes arena = arenas_.Take(entry->plan.arena_bytes);
      auto results = entry->plan.Run(engine_, inputs, arena.data());
      arenas_.Return(std::move(arena));
      return results;
    } catch (const dnnl::error& error) {
      return Fail(ErrorCode::kUnsupported, "the network cannot be run on this computer: {}", error.what());
    } catch (const std::bad_alloc&) {
      return Fail(ErrorCode::kTooLarge, "there is not enough memory to run the network");
    }
  }

 private:
  struct Entry {
    std::vector<Shape> shapes;
    std::once_flag once;
    Status status;
    DnnlPlan plan;
  };

  // The plan for these shapes: made by the first that needs it while others with the same shapes wait.
  Result<std::shared_ptr<Entry>> PlanFor(const std::vector<Shape>& shapes) const {
    const std::shared_ptr<Entry> entry = EntryFor(shapes);
    std::call_once(entry->once, [&] { entry->status = MakePlan(*entry); });
    RETURN_IF_ERROR(Status(entry->status));
    return entry;
  }

  std::shared_ptr<Entry> EntryFor(const std::vector<Shape>& shapes) const {
    const std::lock_guard lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if ((*entry)->shapes != shapes) continue;
      entries_.splice(entries_.begin(), entries_, entry);
      return entries_.front();
    }
    if (entries_.size() == kMaxPlans) entries_.pop_back();
    entries_.push_front(std::make_shared<Entry>());
    entries_.front()->shapes = shapes;
    return entries_.front();
  }

  Status MakePlan(Entry& entry) const {
    ASSIGN_OR_RETURN(const ShapeMap shapes, InferShapes(graph_, entry.shapes, weights_.Shapes()));
    entry.plan = MakeDnnlPlan(graph_, shapes, weights_, engine_);
    return {};
  }

  Graph graph_;  // without constants: those are in weights_
  std::vector<std::string> input_names_;
  dnnl::engine engine_;
  mutable DnnlWeights weights_;  // guards itself
  mutable ArenaPool arenas_;     // guards itself
  mutable std::mutex mutex_;
  mutable std::list<std::shared_ptr<Entry>> entries_;  // the last used first; guarded by mutex_
};

// oneDNN's 8-bit numbers have their zero at 0, with a sign or without.
bool HasOtherZeros(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) {
    const auto* grid = std::get_if<FakeQuantize>(&node.op);
    if (const auto* conv = std::get_if<Conv>(&node.op); conv != nullptr && conv->grid) grid = &*conv->grid;
    return grid != nullptr && grid->zero != 0 && grid->zero != FakeQuantize::kSigned;
  });
}

}  // namespace

bool RunsEightBits() {
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  const auto has = [isa](dnnl::cpu_isa wanted) {
    return (static_cast<unsigned>(isa) & static_cast<unsigned>(wanted)) == static_cast<unsigned>(wanted);
  };
  return has(dnnl::cpu_isa::avx512_core_vnni) || has(dnnl::cpu_isa::avx2_vnni);
}

Result<std::unique_ptr<Session>> MakeDnnlSession(Graph graph, const SessionOptions& options) {
  RETURN_IF_ERROR(Validate(graph));
  try {
    if (options.precision == Precision::kFloat32 || !RunsEightBits() || HasOtherZeros(graph))
      graph = DropQuantization(std::move(graph));
    return std::make_unique<DnnlSession>(Optimize(std::move(graph)));
  } catch (const dnnl::error& error) {
    return Fail(ErrorCode::kUnsupported, "the network cannot be run on this computer: {}", error.what());
  }
}

}  // namespace kinfolder
