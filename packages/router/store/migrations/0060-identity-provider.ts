/** People whom an identity provider knows (OIDC), and logins that are on their way there. */
export const identityProvider = `
create table provider_accounts (
  issuer text not null,
  -- As the issuer names somebody, for ever. An e-mail may be another's tomorrow.
  subject text not null,
  user_id text not null references users,
  created_at timestamptz not null,
  primary key (issuer, subject)
);
create unique index provider_accounts_user on provider_accounts (user_id, issuer);

-- Each is taken once. What else it needs follows from what the browser holds.
create table provider_logins (
  hash bytea primary key,
  expires_at timestamptz not null
);
create index invitations_pending_email on invitations (email_key) where state = 'pending';

create index provider_logins_over on provider_logins (expires_at);
`
