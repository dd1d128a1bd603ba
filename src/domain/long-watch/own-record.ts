/**
 * The record of a version, frozen when it is promoted: what "like itself" will mean.
 *
 * The null hypothesis of a test is that the version is still within its margin of what it was. What it was is itself an
 * estimate, and hours
 * and days differ, so beside the margin there is one allowance, a one-sided bound at half of the test's budget, whose
 * variance has two
 * parts: the record's own, with the design effect of its agents and hours (clusters.ts); and what is not known of the
 * hour at hand
 * (like-hours.ts), where for an hour that the record has not seen day and night are taken to move a rate by a tenth of
 * itself (two standard
 * deviations), and the share beyond a percentile by three tenths.
 */
import { worsen, worseSign } from '../judge/maths/margin.ts';
import { normalQuantile } from '../judge/maths/normal.ts';
import type { Guardrail } from '../plan/plan.ts';
import { estimateDesignEffect } from './clusters.ts';
import type { Clustered } from './clusters.ts';
import { quantityOf, isBad, quantilesOf, rateOfBad } from './counting.ts';
import { hourOf, kindOfHour } from './hours.ts';
import { likeHours } from './like-hours.ts';
import { upperShare } from './share-bound.ts';
import type { HourBound, OwnRecord, RecordCard, WatchTest } from './types.ts';

/** Part of a test's budget for a record that was better than the version is. */
const FOR_THE_RECORD = 0.5;
/** Fewer cards are no record. */
const MIN_CARDS = 100;
/**
 * Standard deviation between an hour that the record has not seen and its mean, of a rate and of a share beyond a
 * percentile.
 */
const UNSEEN = { rate: 0.05, quantity: 0.15 } as const;
/** No hypothesis is that nothing ever goes wrong. */
const MIN_SHARE = 1e-4;

export interface WatchPlan {
  readonly guardrails: readonly Guardrail[];
  /** Budget of all enforced tests together. */
  readonly alpha: number;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
}

/** `cards`: the version's own, settled before the promotion. */
export function freezeRecord(
  cards: readonly RecordCard[],
  { guardrails, alpha, startedAtMs, endsAtMs }: WatchPlan,
): OwnRecord {
  const asked = guardrails.flatMap((guardrail, index) =>
    quantilesOf(guardrail).flatMap((quantile) => questionsOf(guardrail, index, quantile)),
  );
  const share = alpha / Math.max(1, asked.filter(({ guardrail }) => guardrail.mode === 'enforce').length);
  return {
    kind: 'ownRecord',
    version: 1,
    guardrails,
    alpha,
    cards: cards.length,
    startedAtMs,
    endsAtMs,
    tests: asked.map((question) =>
      question.against === 'limit' ? limitTest(question, share) : ownTest(question, share, cards),
    ),
  };
}

interface Question {
  readonly guardrail: Guardrail;
  readonly index: number;
  readonly quantile: number | null;
  readonly against: WatchTest['against'];
}

function questionsOf(guardrail: Guardrail, index: number, quantile: number | null): readonly Question[] {
  const own: Question = { guardrail, index, quantile, against: 'record' };
  return guardrail.limit === undefined ? [own] : [own, { ...own, against: 'limit' }];
}

const noRecord = { recordValue: null, recordCards: 0, recordAgents: 0, designEffect: 1 } as const;

function limitTest({ guardrail, index, quantile, against }: Question, alpha: number): WatchTest {
  const limit = guardrail.limit ?? 0;
  const unseen =
    quantile === null
      ? { share: inside(rateOfBad(guardrail, limit)), threshold: null }
      : { share: 1 - quantile, threshold: limit };
  return { guardrail: index, against, quantile, ...noRecord, tolerated: limit, alpha, unseen, seen: {} };
}

function ownTest(
  { guardrail, index, quantile, against }: Question,
  alpha: number,
  cards: readonly RecordCard[],
): WatchTest {
  const value = quantile === null ? null : quantileOf(guardrail, cards, quantile);
  const carriers = cards.flatMap((card) => {
    const bad = isBad(guardrail, card, value);
    return bad === null
      ? []
      : [{ agent: card.agent, hour: hourOf(card.triggeredAtMs), kind: kindOfHour(card.triggeredAtMs), bad }];
  });
  const test = {
    guardrail: index,
    against,
    quantile,
    alpha: alpha * (1 - FOR_THE_RECORD),
    recordCards: carriers.length,
    recordAgents: new Set(carriers.map(({ agent }) => agent)).size,
  };
  if (carriers.length < MIN_CARDS)
    return { ...test, recordValue: null, tolerated: null, designEffect: 1, unseen: null, seen: {} };
  const shown = {
    value,
    share: carriers.filter(({ bad }) => bad).length / carriers.length,
    carriers,
    z: -normalQuantile(alpha * FOR_THE_RECORD),
  };
  const recordValue = value ?? rateOfBad(guardrail, shown.share);
  return { ...test, recordValue, tolerated: worsen(guardrail, recordValue), ...hourBounds(guardrail, shown) };
}

interface Shown {
  /** Of a quantity: its quantile; null for a rate. */
  readonly value: number | null;
  readonly share: number;
  readonly carriers: readonly (Clustered & { readonly kind: number })[];
  readonly z: number;
}

/** In an hour that was seen, how hours differ is known: only what is left counts as the record's own variance. */
function hourBounds(
  guardrail: Guardrail,
  { value, share, carriers, z }: Shown,
): Pick<WatchTest, 'designEffect' | 'unseen' | 'seen'> {
  const { byKind, between } = likeHours(carriers.map((card) => ({ ...card, hour: card.kind })));
  const designEffect = estimateDesignEffect(carriers, () => share);
  const within = estimateDesignEffect(carriers, ({ kind }) => share + (byKind[kind]?.shift ?? 0));
  const bound = (effect: number, shift: number, unknown: number): HourBound => {
    const perEffective = share * (1 - share) === 0 ? 0 : (unknown * unknown) / (share * (1 - share));
    return boundWithMargin(
      guardrail,
      value,
      upperShare(share, 1 / (effect / carriers.length + perEffective), z) + shift,
    );
  };
  const usual = value === null ? UNSEEN.rate * rateOfBad(guardrail, share) : UNSEEN.quantity * share;
  return {
    designEffect,
    unseen: bound(designEffect, 0, Math.hypot(between, usual)),
    seen: Object.fromEntries(
      Object.entries(byKind).map(([kind, { shift, unknown }]) => [kind, bound(within, shift, unknown)]),
    ),
  };
}

/**
 * The margin moves a rate; of a quantity it moves the value beyond which no larger share may lie than lay beyond the
 * record's quantile.
 */
function boundWithMargin(guardrail: Guardrail, value: number | null, share: number): HourBound {
  if (value !== null) return { share: inside(share), threshold: worsen(guardrail, value) };
  return {
    share: inside(rateOfBad(guardrail, worsen(guardrail, rateOfBad(guardrail, inside(share))))),
    threshold: null,
  };
}

function inside(share: number): number {
  return Math.min(1, Math.max(MIN_SHARE, share));
}

function quantileOf(guardrail: Guardrail, cards: readonly RecordCard[], quantile: number): number | null {
  const sign = worseSign(guardrail);
  const values = cards
    .flatMap((card) => {
      const value = quantityOf(guardrail, card);
      return value === null ? [] : [sign * value];
    })
    .toSorted((a, b) => a - b);
  const value = values[Math.max(0, Math.ceil(quantile * values.length) - 1)];
  return value === undefined ? null : sign * value;
}
