#include "train/subspace_describers.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "app/verification_scores.h"
#include "train/grey_face.h"

namespace kinfolder {
namespace {

using Matrix = Eigen::MatrixXf;
using Vector = Eigen::VectorXf;

// x -> directions^T (x - mean), a column a direction.
struct Projection {
  Vector mean;
  Matrix directions;

  Vector Of(const Vector& face) const { return directions.transpose() * (face - mean); }
};

Vector FaceVector(const FaceCrop& face, int side) {
  const GreyFace grey = Equalized(CutGreyFace(face, side));
  return Eigen::Map<const Vector>(grey.values.data(), static_cast<Eigen::Index>(grey.values.size()));
}

// A face a column.
Matrix FaceMatrix(std::span<const LabelledFace> faces, int side) {
  Matrix matrix(Eigen::Index{side} * side, static_cast<Eigen::Index>(faces.size()));
  for (std::size_t i = 0; i < faces.size(); ++i) {
    matrix.col(static_cast<Eigen::Index>(i)) = FaceVector(faces[i].face, side);
  }
  return matrix;
}

// The `count` eigenvectors with the largest eigenvalues, the largest first, and those values.
std::pair<Matrix, Vector> LargestEigenvectors(const Matrix& symmetric, Eigen::Index count) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(symmetric);
  return {solver.eigenvectors().rightCols(count).rowwise().reverse(), solver.eigenvalues().tail(count).reverse()};
}

Projection PrincipalComponents(const Matrix& faces, int count) {
  const Vector mean = faces.rowwise().mean();
  const Matrix centered = faces.colwise() - mean;
  Matrix covariance = Matrix::Zero(faces.rows(), faces.rows());
  covariance.selfadjointView<Eigen::Lower>().rankUpdate(centered, 1 / static_cast<float>(faces.cols()));
  const Eigen::Index kept = std::min({Eigen::Index{count}, faces.rows(), faces.cols() - 1});
  return {mean, LargestEigenvectors(covariance, kept).first};
}

// Columns of one person's faces, of people with at least two.
std::vector<std::vector<Eigen::Index>> ColumnsByPerson(std::span<const LabelledFace> faces) {
  std::map<std::string, std::vector<Eigen::Index>> columns;
  for (std::size_t i = 0; i < faces.size(); ++i) columns[faces[i].person].push_back(static_cast<Eigen::Index>(i));
  std::vector<std::vector<Eigen::Index>> people;
  for (auto& [person, of_person] : columns) {
    if (of_person.size() >= 2) people.push_back(std::move(of_person));
  }
  return people;
}

// Of points (columns): how people differ from each other, and how each person's own differ.
struct Scatter {
  Matrix between;
  Matrix within;
};

Scatter ScatterOf(const Matrix& points, const std::vector<std::vector<Eigen::Index>>& people) {
  Scatter scatter{Matrix::Zero(points.rows(), points.rows()), Matrix::Zero(points.rows(), points.rows())};
  const Vector mean = points.rowwise().mean();
  float count = 0;
  for (const std::vector<Eigen::Index>& columns : people) {
    const Matrix own = points(Eigen::all, columns);
    const Vector own_mean = own.rowwise().mean();
    const Matrix centered = own.colwise() - own_mean;
    scatter.within += centered * centered.transpose();
    scatter.between += static_cast<float>(columns.size()) * (own_mean - mean) * (own_mean - mean).transpose();
    count += static_cast<float>(columns.size());
  }
  scatter.within /= count;
  scatter.between /= count;
  return scatter;
}

// Directions that maximise between / within, scaled to within = 1: the generalised eigenvectors.
Matrix FisherDirections(Scatter scatter, Eigen::Index count) {
  // A few people show no variation in some directions; this keeps the division by it harmless.
  const float floor = 1e-3F * scatter.within.trace() / static_cast<float>(scatter.within.rows());
  scatter.within.diagonal().array() += floor;
  const Eigen::GeneralizedSelfAdjointEigenSolver<Matrix> solver(scatter.between, scatter.within);
  return solver.eigenvectors().rightCols(count).rowwise().reverse();
}

enum class Measure { kEuclidean, kAngle };

class SubspaceDescriber final : public FaceDescriber {
 public:
  SubspaceDescriber(std::string name, int side, Projection projection, Measure measure)
      : name_(std::move(name)), side_(side), projection_(std::move(projection)), measure_(measure) {}

  std::string name() const override { return name_; }

  Result<std::vector<float>> Describe(const FaceCrop& face) const override {
    Vector point = projection_.Of(FaceVector(face, side_));
    if (measure_ == Measure::kAngle) point.normalize();
    return std::vector<float>(point.begin(), point.end());
  }

  // Unit vectors' L2 distance rises with their angle.
  float DistanceOf(std::span<const float> a, std::span<const float> b) const override { return Distance(a, b); }

 private:
  std::string name_;
  int side_;
  Projection projection_;
  Measure measure_;
};

}  // namespace

Result<std::unique_ptr<FaceDescriber>> TrainEigenfaces(std::span<const LabelledFace> faces,
                                                       const SubspaceOptions& options) {
  if (faces.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument, "eigenfaces take at least 2 faces to learn from, not {}", faces.size());
  }
  Projection projection = PrincipalComponents(FaceMatrix(faces, options.side), options.eigenfaces);
  return std::make_unique<SubspaceDescriber>("eigenfaces", options.side, std::move(projection), Measure::kEuclidean);
}

Result<std::unique_ptr<FaceDescriber>> TrainFisherfaces(std::span<const LabelledFace> faces,
                                                        const SubspaceOptions& options) {
  const std::vector<std::vector<Eigen::Index>> people = ColumnsByPerson(faces);
  if (people.size() < 2) {
    return Fail(ErrorCode::kInvalidArgument,
                "Fisherfaces take at least 2 people with 2 faces each to learn from, not {}", people.size());
  }
  const Matrix pixels = FaceMatrix(faces, options.side);
  Projection projection = PrincipalComponents(pixels, options.fisher_inputs);
  const Matrix points = projection.directions.transpose() * (pixels.colwise() - projection.mean);
  const Eigen::Index kept =
      std::min({Eigen::Index{options.fisherfaces}, points.rows(), static_cast<Eigen::Index>(people.size()) - 1});
  projection.directions *= FisherDirections(ScatterOf(points, people), kept);
  return std::make_unique<SubspaceDescriber>("Fisherfaces", options.side, std::move(projection), Measure::kAngle);
}

}  // namespace kinfolder
