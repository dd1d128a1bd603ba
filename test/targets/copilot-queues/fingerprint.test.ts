import { fingerprintOf } from '../../../src/targets/copilot-queues/fingerprint.ts';

const content = {
  id: 'a1b2c3d4-0000-4000-8000-000000000000',
  assistant: {
    id: 'a',
    name: 'Refunds',
    dateModified: '2026-01-01T00:00:00Z',
    transcriptionConfig: { vendorName: 'Genesys' },
  },
  copilot: { enabled: true, liveOnQueue: true, ruleEngineConfig: { rules: [{ id: 'r', enabled: true }] } },
};

test('dates, who wrote and what the organisation says by itself are no content; neither is the order of fields', () => {
  const { assistant, copilot } = content;
  const same = {
    ...content,
    assistant: {
      modifiedBy: { id: 'ana' },
      dateModified: '2026-02-02T00:00:00Z',
      state: 'Active',
      transcriptionConfig: { vendorName: 'Genesys' },
      name: 'Refunds',
      knowledgeSuggestionConfig: null,
    },
    copilot: { ...copilot, enabled: false, selfUri: '/api/v2/assistants/a/copilot' },
  };
  expect(fingerprintOf([same])).toEqual(fingerprintOf([content]));
  expect(fingerprintOf([{ ...content, assistant: { ...assistant, name: 'Returns' } }])).not.toEqual(
    fingerprintOf([content]),
  );
});

test('a rule that was switched off is another `rules`, and nothing else', () => {
  const edited = {
    ...content,
    copilot: { ...content.copilot, ruleEngineConfig: { rules: [{ id: 'r', enabled: false }] } },
  };
  const [before, after] = [fingerprintOf([content]), fingerprintOf([edited])];
  expect(Object.keys(before).filter((part) => before[part] !== after[part])).toEqual(['rules']);
});

test('of several assistants each has its parts', () => {
  const other = { ...content, id: 'ffffffff-0000-4000-8000-000000000000' };
  expect(Object.keys(fingerprintOf([content, other]))).toContain('rules of ffffffff');
});
