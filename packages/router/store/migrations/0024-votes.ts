/** What an approval has to have, how far it has come, and who voted. */
export const votes = `
alter table approvals add column asked jsonb;
alter table approvals add column tool_risk text;
alter table approvals add column stage int not null default 0;
alter table approvals add column stage_ends_at timestamptz;
-- An approved call that waits for its window.
alter table approvals add column runs_at timestamptz;
-- Run by an owner alone, and looked at afterwards.
alter table approvals add column review_due_at timestamptz;
alter table approvals add column reviewed_by text;
alter table approvals add column reviewed_at timestamptz;
alter table approvals add column review_note text;
create index approvals_due on approvals (least(expires_at, stage_ends_at)) where state = 'pending';
create index approvals_held on approvals (runs_at) where runs_at is not null;
create index approvals_to_review on approvals (project_id, review_due_at) where review_due_at is not null and reviewed_at is null;

create table approval_votes (
  id uuid primary key,
  approval_id uuid not null references approvals,
  project_id text not null,
  stage int not null,
  vote text not null,
  -- Who: a person or a service key; by which key and door they came.
  voter text not null,
  voter_key text,
  voter_door text,
  digest text not null,
  note text,
  at timestamptz not null
);
create index approval_votes_approval on approval_votes (approval_id, id);
create index approval_votes_voter on approval_votes (project_id, voter, id);
`
