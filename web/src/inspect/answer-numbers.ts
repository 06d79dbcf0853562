import type * as generated from '../engine/generated/anatomy/anatomy.mjs';
import { own } from './answers';
import type { InspectAnswer, InspectQuestion } from './messages';

type Question<T extends InspectQuestion['type']> = Extract<InspectQuestion, { type: T }>;
type Numbers = Pick<generated.Anatomy, 'window' | 'origin' | 'lossWith'>;

export function answerWindow(numbers: Numbers, question: Question<'window'>): InspectAnswer {
  const { tensor, row, column } = question;
  const { values, gradients, rows, columns } = numbers.window(
    tensor,
    row,
    column,
    question.rows,
    question.columns,
  );
  return {
    type: 'window',
    window: { tensor, row, column, rows, columns, values: own(values), gradients: own(gradients) },
  };
}

export function answerOrigin(numbers: Numbers, question: Question<'origin'>): InspectAnswer {
  const { tensor, at, by } = question;
  const report = numbers.origin(tensor, at);
  const named = (names: readonly string[], values: Float64Array) =>
    names.map((name, i) => ({ name, value: values[i]! }));
  const factors = named(report.factors, report.factor_values);
  return {
    type: 'origin',
    origin: {
      tensor,
      at,
      by,
      value: report.value,
      gradient: report.gradient,
      loss: report.loss,
      lossWith: numbers.lossWith(tensor, at, by),
      formula: report.formula as string,
      inputs: named(report.inputs, report.input_values),
      products: named(report.numbers, report.number_values).map((number, i) => ({
        number,
        factor: factors[i]!,
      })),
      others: report.others,
      othersSum: report.others_sum,
    },
  };
}
