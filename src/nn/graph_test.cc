#include "nn/graph.h"

#include <gtest/gtest.h>

#include <functional>

#include "nn/session.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

// x [1, 3] -> a = Relu(x) -> y = a + c.
Graph Small() {
  return {{}, {{"x", {1, 3}}}, {{"c", {{3}, {1, 2, 3}}}}, {{Relu{}, {"x"}, "a"}, {Binary{}, {"a", "c"}, "y"}}, {"y"}};
}

// The message of Small() after it was broken.
std::string Problem(const std::function<void(Graph&)>& break_it) {
  Graph graph = Small();
  break_it(graph);
  const Status status = Validate(graph);
  if (status) return "valid";
  EXPECT_EQ(MakeReferenceSession(graph).error(), status.error());
  EXPECT_EQ(MakeDnnlSession(graph, {}).error(), status.error());
  return status.error().message;
}

TEST(Validate, AcceptsAGraphInOrder) { EXPECT_TRUE(Validate(Small())); }

TEST(Validate, SaysWhatIsWrong) {
  EXPECT_EQ(Problem([](Graph& g) { g.nodes[1].output = std::string("a"); }), "the value a is defined twice");
  EXPECT_EQ(Problem([](Graph& g) { g.nodes[0].output = std::string("c"); }), "the value c is defined twice");
  EXPECT_EQ(Problem([](Graph& g) { g.inputs[0].name = std::string("c"); }), "the value c is defined twice");
  EXPECT_EQ(Problem([](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }),
            "Add of y needs the value \"a\", which nothing before it gives");
  EXPECT_EQ(Problem([](Graph& g) { g.nodes[0].inputs = {"y"}; }),
            "Relu of a needs the value \"y\", which nothing before it gives");
  EXPECT_EQ(Problem([](Graph& g) { g.nodes[0].inputs.clear(); }), "Relu of a has 0 inputs");
  EXPECT_EQ(Problem([](Graph& g) { g.nodes[0].inputs = {""}; }), "Relu of a has 1 inputs");
  EXPECT_EQ(Problem([](Graph& g) { g.outputs = {"z"}; }), "nothing gives the output z");
  EXPECT_EQ(Problem([](Graph& g) { g.outputs.clear(); }), "it has no outputs");
  EXPECT_EQ(Problem([](Graph& g) { g.constants["c"].values.pop_back(); }),
            "the constant c has 2 values for the shape [3]");
  EXPECT_EQ(Problem([](Graph& g) { g.constants["c"].shape = {-3}; }), "the constant c has 3 values for the shape [-3]");
  EXPECT_EQ(Problem([](Graph& g) {
              g.constants["c"].shape = {1 << 20, 1 << 20, 1 << 20, 1 << 20};
            }),
            "the constant c: the shape [1048576, 1048576, 1048576, 1048576] is too large");
  EXPECT_EQ(Problem([](Graph& g) { g.inputs[0].shape = {1, -1}; }), "the input x has a dimension without a name");
  EXPECT_EQ(Problem([](Graph& g) { g.inputs[0].shape = {1, 4}; }), "the shapes [1, 4] and [3] do not go together");
}

TEST(Node, InputsMayBeAbsent) {
  Node node{Conv{}, {"x", "w"}, "y"};
  EXPECT_EQ(node.Input(kSlope), "");
  node.SetInput(kSlope, "s");
  EXPECT_EQ(node.inputs, (std::vector<std::string>{"x", "w", "", "", "s"}));
}

}  // namespace
}  // namespace kinfolder
