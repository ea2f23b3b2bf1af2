/** For version 2 of the wire. Artifacts that are there hold output beyond the inline limit. */
export const wire2 = `
alter table artifacts add column media_type text not null default 'text/plain';

update agents set manifest = jsonb_set(
  manifest, '{bundles}',
  coalesce((select jsonb_agg(bundle || '{"left_out": []}') from jsonb_array_elements(manifest -> 'bundles') bundle), '[]'))
where manifest is not null;
`
