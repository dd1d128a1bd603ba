/** An ISO instant to the second, as tables and pages show it: `2026-11-29 03:10:17`, UTC. */
export function secondText(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}
