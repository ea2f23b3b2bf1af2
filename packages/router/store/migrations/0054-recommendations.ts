/** What somebody thinks of a call: apart from the votes. */
export const recommendations = `
create table approval_recommendations (
  approval_id uuid not null references approvals,
  project_id text not null references projects,
  recommender text not null,
  recommender_key text,
  recommender_door text,
  recommendation text not null check (recommendation in ('approve', 'reject')),
  digest text not null,
  note text not null,
  at timestamptz not null,
  primary key (approval_id, recommender)
);
`
