/** What a copilot's rules make of a moment of a conversation. */
import type { Assistant } from './bodies.ts';
import type { RecognisedIntent, SuggestionType, TriggerType } from './record.ts';
import { INTENTS } from './seeded-assistants.ts';

/** What is to be suggested: of which type and, where an attribute names one, which. */
export interface Fired {
  readonly type: SuggestionType;
  readonly triggerType: TriggerType;
  readonly subjectId: string | undefined;
}

interface RuleAction {
  readonly actionType: string;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

const TYPES: Readonly<Record<string, SuggestionType>> = {
  KnowledgeArticle: 'KnowledgeArticle',
  KnowledgeSearch: 'KnowledgeSearch',
  CannedResponse: 'CannedResponse',
  Script: 'Script',
  ThirdPartyAction: 'ThirdPartySuggestion',
};
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** By a word of it, as sure as the words were recognised. */
export function intentIn(text: string, confidence: number): RecognisedIntent | undefined {
  const found = INTENTS.find(({ word }) => text.includes(word));
  return found === undefined ? undefined : { id: found.id, name: found.name, confidence };
}

/** Of the enabled rules; conditions of one rule are alternatives. Checklists have a topic of their own and are not played. */
export function fired(
  { copilot }: Assistant,
  moment: Exclude<TriggerType, 'Fallback'>,
  intent?: RecognisedIntent,
): readonly Fired[] {
  const engine = copilot?.ruleEngineConfig;
  if (copilot?.liveOnQueue !== true || engine === undefined) return [];
  const threshold = copilot.nluConfig?.intentConfidenceThreshold ?? 0;
  const isMet = ({ conditionType, conditionValues }: { conditionType: string; conditionValues: string[] }): boolean => {
    if (conditionType !== moment) return false;
    if (moment !== 'Intent') return true;
    if (intent === undefined || intent.confidence < threshold) return false;
    return conditionValues.includes(intent.id) || conditionValues.includes(intent.name);
  };
  const met = engine.rules.filter(({ enabled, rule }) => enabled && rule.conditions.some(isMet));
  const actions = met.flatMap(({ rule }) => rule.actions);
  if (actions.length > 0 || moment !== 'Intent') return actions.flatMap((action) => suggested(action, moment));
  if (engine.fallback?.enabled !== true) return [];
  return (engine.fallback.actions ?? []).flatMap((action) => suggested(action, 'Fallback'));
}

function suggested({ actionType, attributes }: RuleAction, triggerType: TriggerType): readonly Fired[] {
  const type = TYPES[actionType];
  const subjectId = Object.values(attributes ?? {}).find((value) => UUID.test(value));
  return type === undefined ? [] : [{ type, triggerType, subjectId }];
}
