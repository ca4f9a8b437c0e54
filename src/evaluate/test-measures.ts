import type { Matrix } from '../engine/gemm.js'
import { argmaxRows } from '../heads/argmax.js'
import { accuracyOf } from '../heads/score.js'
import { type ClassReport, classReport, f1Of } from './class-report.js'
import { averagePrecision, hammingLoss, labelCounts, subsetAccuracy } from './label-metrics.js'
import { balancedAccuracy, confusionMatrix, topAccuracy } from './metrics.js'
import { labelsOf, type Split, targetsOf } from './split.js'

/** How well a head tells classes: each image has one. */
export interface ClassMeasures {
  readonly multiLabel: false
  /** Mean recall of the classes on the test part. */
  readonly balancedAccuracy: number
  /** Share of test images whose class is among the five of the largest scores; null for five classes or fewer. */
  readonly topFive: number | null
  /** A row for each class. */
  readonly classReport: readonly ClassReport[]
  /** Counts of test images: rows are their classes, columns the predicted ones, in the order of `classReport`. */
  readonly confusion: readonly (readonly number[])[]
}

/** How well a head tells labels: an image has any number of them. Means over labels are over those that occur in the test part. */
export interface LabelMeasures {
  readonly multiLabel: true
  readonly f1: { readonly micro: number; readonly macro: number }
  /** Mean of the labels' average precision, which needs no threshold. */
  readonly meanAveragePrecision: number
  /** Share of decisions, an image and a label each, that are wrong. */
  readonly hammingLoss: number
  /** A row for each label; the average precision is null where no test image has it. */
  readonly classReport: readonly LabelReport[]
}

export type LabelReport = ClassReport & { readonly averagePrecision: number | null }

export type TestMeasures = ClassMeasures | LabelMeasures

/**
 * Figures of the test part from its scores [m, C]. In a multi-label set the accuracy is the share of images whose labels are all right,
 * a label being predicted where its score is above 0.
 */
export function testMeasures(scores: Matrix, parts: Split): TestMeasures & { readonly testAccuracy: number } {
  return parts.targets === undefined ? classMeasures(scores, parts) : labelMeasures(scores, parts)
}

/** The accuracy alone of the test part's scores [m, C]; in a multi-label set the share of images whose labels are all right. */
export function accuracyOfScores(scores: Matrix, parts: Split): number {
  return parts.targets === undefined
    ? accuracyOf(argmaxRows(scores), labelsOf(parts, parts.test))
    : subsetAccuracy(scores, targetsOf(parts, parts.test))
}

function classMeasures(scores: Matrix, parts: Split): ClassMeasures & { readonly testAccuracy: number } {
  const [predicted, labels, size] = [argmaxRows(scores), labelsOf(parts, parts.test), parts.classes.length]
  const counts = confusionMatrix(predicted, labels, size)
  const confusion = parts.classes.map((_, label) => Array.from(counts.subarray(label * size, (label + 1) * size)))
  const sum = (cells: readonly number[]) => cells.reduce((total, count) => total + count, 0)
  return {
    testAccuracy: accuracyOf(predicted, labels),
    multiLabel: false,
    balancedAccuracy: balancedAccuracy(predicted, labels, size),
    topFive: size > 5 ? topAccuracy(scores, labels, 5) : null,
    classReport: parts.classes.map((name, label) =>
      classReport(name, {
        support: sum(confusion[label] ?? []),
        predicted: sum(confusion.map((row) => row[label] ?? 0)),
        right: confusion[label]?.[label] ?? 0,
      }),
    ),
    confusion,
  }
}

function labelMeasures(scores: Matrix, parts: Split): LabelMeasures & { readonly testAccuracy: number } {
  const targets = targetsOf(parts, parts.test)
  const counts = labelCounts(scores, targets)
  const rows = counts.map((count, label) => ({
    ...classReport(parts.classes[label] ?? '', count),
    averagePrecision: averagePrecision(scores, targets, label) ?? null,
  }))
  const total = (of: 'support' | 'predicted' | 'right') => counts.reduce((sum, count) => sum + count[of], 0)
  const occurring = rows.filter(({ support }) => support > 0)
  const mean = (of: (row: LabelReport) => number) => occurring.reduce((sum, row) => sum + of(row), 0) / occurring.length
  return {
    testAccuracy: subsetAccuracy(scores, targets),
    multiLabel: true,
    f1: { micro: f1Of({ support: total('support'), predicted: total('predicted'), right: total('right') }), macro: mean(({ f1 }) => f1) },
    meanAveragePrecision: mean(({ averagePrecision }) => averagePrecision ?? 0),
    hammingLoss: hammingLoss(scores, targets),
    classReport: rows,
  }
}
