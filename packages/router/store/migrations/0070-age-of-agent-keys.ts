/**
 * Since when the router knows the keys of an agent. Of one that was enrolled again before this,
 * with keys that it may have had already, it is not known. Its id says when it first was.
 */
export const ageOfAgentKeys = `
alter table agents add column curve_key_since timestamptz;
alter table agents add column signing_key_since timestamptz;

create function pg_temp.key_since(agent agents, wanted_use text, key text) returns timestamptz language sql as $$
  select coalesce(
    (select max(completed_at) from rotations where agent_id = agent.id and use = wanted_use and new_key = key),
    case when agent.id ~ '^agt_[0-9a-f]{12}' and abs(extract(epoch from agent.enrolled_at) * 1000
      - ('x' || substr(agent.id, 5, 12))::bit(48)::bigint) < 60000 then agent.enrolled_at end)
$$;
update agents set curve_key_since = pg_temp.key_since(agents, 'curve', curve_public_key),
  signing_key_since = pg_temp.key_since(agents, 'signing', encode(signing_public_key, 'hex'));
`
