/** Under which risks an agent's tools are known: one that it calls milder is held. */
export const knownRisks = `
alter table agents add column known_risks jsonb;
`
