#include "nn/reference_ops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/shapes.h"
#include "nn/test_networks.h"

namespace kinfolder {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

// The values that an operator gives for these inputs; results worked out by hand.
std::vector<float> Values(Op op, const std::vector<Tensor>& inputs) {
  Node node{std::move(op), std::vector<std::string>(inputs.size(), "in"), "out"};
  std::vector<Shape> shapes;
  std::vector<TensorView> views;
  for (const Tensor& input : inputs) {
    shapes.push_back(input.shape);
    views.push_back({input.shape, input.values.data()});
  }
  std::int64_t next_open = -1;
  const auto shape = OutputShape(node, shapes, next_open);
  EXPECT_TRUE(shape) << shape.error().message;
  std::vector<float> output(static_cast<std::size_t>(ElementCount(*shape)));
  Evaluate(node, views, *shape, output.data());
  return output;
}

const Tensor kNine{{1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}};

TEST(Reference, Convolution) {
  const Tensor corner{{1, 1, 2, 2}, {1, 0, 0, 10}};
  EXPECT_THAT(Values(Conv{SquareWindow(2)}, {kNine, corner}), ElementsAre(51, 62, 84, 95));
  EXPECT_THAT(Values(Conv{SquareWindow(2, 2, 1)}, {kNine, corner, {{1}, {0.5F}}}),
              ElementsAre(10.5F, 30.5F, 70.5F, 95.5F));
  Window apart = SquareWindow(2);
  apart.dilations = {2, 2};
  EXPECT_THAT(Values(Conv{apart}, {kNine, corner}), ElementsAre(91));
}

TEST(Reference, GroupedConvolution) {
  const Tensor two{{1, 2, 1, 1}, {3, 5}};
  EXPECT_THAT(Values(Conv{SquareWindow(1), 2}, {two, {{4, 1, 1, 1}, {1, 2, 10, 20}}}), ElementsAre(3, 6, 50, 100));
}

TEST(Reference, FusedConvolutionAddsThenActivates) {
  const Tensor x{{1, 1, 1, 2}, {1, -1}};
  const Tensor weight{{1, 1, 1, 1}, {2}};
  const Tensor bias{{1}, {0}};
  const Tensor addend{{1, 1, 1, 2}, {-3, 5}};
  EXPECT_THAT(Values(Conv{SquareWindow(1), 1, Activation::kRelu}, {x, weight, bias, addend}), ElementsAre(0, 3));
  EXPECT_THAT(Values(Conv{SquareWindow(1)}, {x, weight, bias, addend, {{1}, {0.5F}}}), ElementsAre(-0.5F, 3));
  EXPECT_THAT(Values(Conv{SquareWindow(1), 1, Activation::kSigmoid}, {{{1, 1, 1, 1}, {0}}, weight}), ElementsAre(0.5F));
}

TEST(Reference, Gemm) {
  const Tensor x{{1, 2}, {1, 2}};
  EXPECT_THAT(Values(Gemm{}, {x, {{2, 3}, {1, 2, 3, 4, 5, 6}}}), ElementsAre(9, 12, 15));
  EXPECT_THAT(Values(Gemm{true, 2, 10}, {x, {{3, 2}, {1, 2, 3, 4, 5, 6}}, {{3}, {1, 2, 3}}}), ElementsAre(20, 42, 64));
}

TEST(Reference, Pooling) {
  Window cut = SquareWindow(2, 2);
  cut.ceil_mode = true;
  EXPECT_THAT(Values(Pool{Pool::Kind::kMax, cut}, {kNine}), ElementsAre(5, 6, 8, 9));
  EXPECT_THAT(Values(Pool{Pool::Kind::kAverage, cut}, {kNine}), ElementsAre(3, 4.5F, 7.5F, 9));
  EXPECT_THAT(Values(Pool{Pool::Kind::kAverage, SquareWindow(2, 2, 1)}, {kNine}), ElementsAre(1, 2.5F, 5.5F, 7));
  EXPECT_THAT(Values(Pool{Pool::Kind::kAverage, SquareWindow(2, 2, 1), true}, {kNine}),
              ElementsAre(0.25F, 1.25F, 2.75F, 7));
  const Tensor negative{{1, 1, 1, 1}, {-4}};
  EXPECT_THAT(Values(Pool{Pool::Kind::kMax, SquareWindow(3, 1, 1)}, {negative}), ElementsAre(-4));
  EXPECT_THAT(Values(GlobalAveragePool{}, {kNine}), ElementsAre(5));
}

TEST(Reference, ElementByElement) {
  const Tensor x{{1, 2, 1, 2}, {-2, 2, -4, 4}};
  EXPECT_THAT(Values(Relu{}, {x}), ElementsAre(0, 2, 0, 4));
  EXPECT_THAT(Values(PRelu{}, {x, {{2, 1, 1}, {0.5F, -0.25F}}}), ElementsAre(-1, 2, 1, 4));
  EXPECT_THAT(Values(Clip{-3, 3}, {x}), ElementsAre(-2, 2, -3, 3));
  EXPECT_THAT(Values(Sigmoid{}, {Tensor{{1}, {0}}}), ElementsAre(0.5F));
  EXPECT_THAT(Values(Binary{Binary::Kind::kSub}, {x, {{2, 1, 1}, {1, 2}}}), ElementsAre(-3, 1, -6, 2));
  EXPECT_THAT(Values(Binary{Binary::Kind::kDiv}, {x, {{}, {2}}}), ElementsAre(-1, 1, -2, 2));
  EXPECT_THAT(Values(BatchNorm{0}, {x, {{2}, {2, 1}}, {{2}, {1, 0}}, {{2}, {2, 0}}, {{2}, {4, 1}}}),
              ElementsAre(-3, 1, -4, 4));
}

TEST(Reference, AlongAnAxis) {
  const Tensor x{{2, 2}, {3, 0, 4, 0}};
  EXPECT_THAT(Values(L2Normalize{0}, {x}), ElementsAre(0.6F, 0, 0.8F, 0));
  EXPECT_THAT(Values(ReduceL2{0}, {x}), ElementsAre(5, 0));
  EXPECT_THAT(Values(Softmax{1}, {Tensor{{2, 2}, {1000, 1000, 0, std::log(3.0F)}}}),
              Pointwise(FloatNear(1e-6F), {0.5F, 0.5F, 0.25F, 0.75F}));
  EXPECT_THAT(Values(Softmax{0}, {Tensor{{2, 2}, {0, 5, std::log(3.0F), 5}}}),
              Pointwise(FloatNear(1e-6F), {0.25F, 0.5F, 0.75F, 0.5F}));
}

TEST(Reference, MovesData) {
  const Tensor x{{2, 3}, {1, 2, 3, 4, 5, 6}};
  EXPECT_THAT(Values(Transpose{{1, 0}}, {x}), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(Values(Transpose{{2, 0, 1}}, {Tensor{{1, 2, 2}, {1, 2, 3, 4}}}), ElementsAre(1, 3, 2, 4));
  EXPECT_THAT(Values(Slice{1, 1, 3}, {x}), ElementsAre(2, 3, 5, 6));
  EXPECT_THAT(Values(Slice{1, -2, 1000}, {x}), ElementsAre(2, 3, 5, 6));
  EXPECT_THAT(Values(Slice{0, 1, 2}, {x}), ElementsAre(4, 5, 6));
  EXPECT_THAT(Values(Concat{1}, {x, Tensor{{2, 1}, {7, 8}}}), ElementsAre(1, 2, 3, 7, 4, 5, 6, 8));
  EXPECT_THAT(Values(Reshape{{-1}}, {x}), ElementsAre(1, 2, 3, 4, 5, 6));
}

}  // namespace
}  // namespace kinfolder
