/** More of what decides what a call does. Waiting calls lack it in their digest and are voided. */
export const whatRuns = `
alter table executions add column credentials_ref text, add column secrets bytea;
alter table approvals add column credentials_ref text;
alter table artifacts alter column media_type drop default;

update agents set manifest = jsonb_set(
  manifest, '{tools}',
  coalesce(
    (select jsonb_agg(tool || '{"operands": [], "credentials": null}') from jsonb_array_elements(manifest -> 'tools') tool),
    '[]'))
where manifest is not null;
`
