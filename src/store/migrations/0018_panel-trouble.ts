import type { Migration } from '../migrate.ts';

/** Why a process makes no cards of what should surface some, in a sentence; null: it does. */
export const panelTrouble: Migration = {
  id: 18,
  name: 'panel-trouble',
  statements: ['alter table panel_instances add column trouble text'],
};
