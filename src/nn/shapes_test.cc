#include "nn/shapes.h"

#include <gtest/gtest.h>

#include "nn/test_networks.h"

namespace kinfolder {
namespace {

Result<Shape> ShapeAfter(Op op, std::vector<Shape> inputs) {
  Node node{std::move(op), std::vector<std::string>(inputs.size(), "in"), "out"};
  std::int64_t next_open = -10;
  return OutputShape(node, inputs, next_open);
}

Pool MaxPool(Window window) { return {Pool::Kind::kMax, window, false}; }

TEST(OutputShape, OfConvolutions) {
  EXPECT_EQ(*ShapeAfter(Conv{SquareWindow(3, 2)}, {{2, 3, 160, 160}, {32, 3, 3, 3}}), (Shape{2, 32, 79, 79}));
  EXPECT_EQ(*ShapeAfter(Conv{SquareWindow(3, 1, 1), 4}, {{2, 8, 5, 7}, {12, 2, 3, 3}}), (Shape{2, 12, 5, 7}));
  Window same = SquareWindow(3, 2);
  same.padding = Window::Padding::kSameUpper;
  EXPECT_EQ(*ShapeAfter(Conv{same}, {{1, 3, 8, 9}, {4, 3, 3, 3}}), (Shape{1, 4, 4, 5}));
  EXPECT_EQ(PaddingFor(same, 8, 9), (std::array<std::int64_t, 4>{0, 1, 1, 1}));
  same.padding = Window::Padding::kSameLower;
  EXPECT_EQ(PaddingFor(same, 8, 9), (std::array<std::int64_t, 4>{1, 1, 0, 1}));
}

TEST(OutputShape, RefusesWhatDoesNotFit) {
  EXPECT_EQ(ShapeAfter(Conv{SquareWindow(3)}, {{1, 4, 9, 9}, {8, 3, 3, 3}}).error().message,
            "Conv of out does not fit its inputs [1, 4, 9, 9], [8, 3, 3, 3]");
  EXPECT_EQ(ShapeAfter(Conv{SquareWindow(3)}, {{1, 3, 2, 9}, {8, 3, 3, 3}}).error().message,
            "Conv of out has a window larger than its input [1, 3, 2, 9]");
  EXPECT_FALSE(ShapeAfter(Conv{SquareWindow(3), 3}, {{1, 3, 9, 9}, {8, 1, 3, 3}}));  // 8 outputs in 3 groups
  EXPECT_FALSE(ShapeAfter(Conv{SquareWindow(3, 0)}, {{1, 3, 9, 9}, {8, 3, 3, 3}}));
  EXPECT_FALSE(ShapeAfter(Conv{SquareWindow(3, 1, -1)}, {{1, 3, 9, 9}, {8, 3, 3, 3}}));
  EXPECT_FALSE(ShapeAfter(MaxPool(SquareWindow(2, 2, 2)), {{1, 3, 9, 9}}));  // a window of nothing but padding
  EXPECT_FALSE(ShapeAfter(Gemm{}, {{1, 4}, {3, 2}}));
  EXPECT_FALSE(ShapeAfter(Gemm{}, {{1, 4}, {4, 2}, {3}}));
  EXPECT_FALSE(ShapeAfter(BatchNorm{}, {{1, 4}, {4}, {4}, {4}, {3}}));
  EXPECT_FALSE(ShapeAfter(PRelu{}, {{1, 4}, {2, 4}}));  // the slope may not widen x
  EXPECT_FALSE(ShapeAfter(Softmax{2}, {{1, 4}}));
  EXPECT_FALSE(ShapeAfter(Transpose{{0, 0}}, {{1, 4}}));
  EXPECT_FALSE(ShapeAfter(Transpose{{0}}, {{1, 4}}));
  EXPECT_FALSE(ShapeAfter(Slice{1, 3, 3}, {{1, 4}}));
  EXPECT_FALSE(ShapeAfter(Concat{1}, {{1, 4, 2}, {1, 4, 3}}));
  EXPECT_FALSE(ShapeAfter(Reshape{{3, -1}}, {{1, 4}}));
  EXPECT_FALSE(ShapeAfter(Reshape{{-1, -1}}, {{1, 4}}));
  EXPECT_FALSE(ShapeAfter(Reshape{{5}}, {{1, 4}}));
  EXPECT_EQ(ShapeAfter(Binary{}, {{1 << 20, 1}, {1, 1 << 20}}).error().code, ErrorCode::kTooLarge);
  Window huge = SquareWindow(3);
  huge.pads = {std::int64_t{1} << 62, 0, std::int64_t{1} << 62, 0};
  EXPECT_FALSE(ShapeAfter(Conv{huge}, {{1, 3, 9, 9}, {8, 3, 3, 3}}));
}

TEST(OutputShape, OfCutPoolingWindowsIsThatOfPyTorch) {
  Window window = SquareWindow(2, 2);
  window.ceil_mode = true;
  EXPECT_EQ(*ShapeAfter(MaxPool(window), {{1, 1, 5, 6}}), (Shape{1, 1, 3, 3}));
  window = SquareWindow(3, 2);
  window.ceil_mode = true;
  EXPECT_EQ(*ShapeAfter(MaxPool(window), {{1, 1, 22, 22}}), (Shape{1, 1, 11, 11}));  // R-Net's first pooling
  window = SquareWindow(2, 3, 1);
  window.ceil_mode = true;  // a last window that would start in the padding does not count
  EXPECT_EQ(*ShapeAfter(MaxPool(window), {{1, 1, 5, 5}}), (Shape{1, 1, 2, 2}));
}

TEST(OutputShape, KeepsOpenDimensionsThatItUnderstands) {
  EXPECT_EQ(*ShapeAfter(Conv{SquareWindow(3, 1, 1)}, {{-1, 3, -2, -3}, {4, 3, 3, 3}}), (Shape{-1, 4, -2, -3}));
  EXPECT_EQ(*ShapeAfter(Conv{SquareWindow(3)}, {{-1, 3, -2, -3}, {4, 3, 3, 3}}), (Shape{-1, 4, -10, -11}));
  EXPECT_EQ(*ShapeAfter(Flatten{1}, {{-1, 3, 2, 2}}), (Shape{-1, 12}));
  EXPECT_EQ(*ShapeAfter(Flatten{1}, {{-1, 3, -2, 2}}), (Shape{-1, -10}));
  EXPECT_EQ(*ShapeAfter(Reshape{{-1, 12}}, {{-1, 3, 2, 2}}), (Shape{-1, 12}));
  EXPECT_EQ(*ShapeAfter(Reshape{{0, -1}}, {{-1, 3, 2, 2}}), (Shape{-1, 12}));
  EXPECT_EQ(*ShapeAfter(Concat{1}, {{-1, 3}, {-1, 4}}), (Shape{-1, 7}));
  EXPECT_EQ(*ShapeAfter(Concat{0}, {{-1, 3}, {2, 3}}), (Shape{-10, 3}));
}

TEST(CheckInputs, NamesBothShapes) {
  const Graph graph{{"N", "H"}, {{"image", {-1, 3, -2, -2}}}, {}, {{Relu{}, {"image"}, "y"}}, {"y"}};
  const auto problem = [&graph](const Shape& shape) {
    const Tensor input{shape,
                       std::vector<float>(static_cast<std::size_t>(std::max<std::int64_t>(0, ElementCount(shape))))};
    const auto shapes = CheckInputs(graph, {&input, 1});
    return shapes ? "" : shapes.error().message;
  };
  EXPECT_EQ(problem({2, 3, 5, 5}), "");
  EXPECT_EQ(problem({2, 3, 5}), "the model's input image takes [N, 3, H, H] and was given [2, 3, 5]");
  EXPECT_EQ(problem({2, 4, 5, 5}), "the model's input image takes [N, 3, H, H] and was given [2, 4, 5, 5]");
  EXPECT_EQ(problem({2, 3, 5, 6}), "the model's input image takes [N, 3, H, H] and was given [2, 3, 5, 6]");
  EXPECT_EQ(problem({0, 3, 5, 5}), "the model's input image takes [N, 3, H, H] and was given [0, 3, 5, 5]");
  EXPECT_EQ(problem({2, 3, -5, -5}), "the model's input image takes [N, 3, H, H] and was given [2, 3, -5, -5]");
  const Tensor wrong{{1, 3, 2, 2}, {1, 2}};
  EXPECT_EQ(CheckInputs(graph, {&wrong, 1}).error().message,
            "the model's input image was given 2 values for the shape [1, 3, 2, 2]");
  EXPECT_EQ(CheckInputs(graph, {}).error(),
            (Error{ErrorCode::kInvalidArgument, "the model takes 1 inputs and was given 0"}));
}

}  // namespace
}  // namespace kinfolder
