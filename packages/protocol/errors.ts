// The one catalogue of everything that can go wrong (law L7). A route lists
// which of these it can answer; the docs, the CLI's exit codes and the
// retry advice derive from this table. Codes are stable: add, never rename.
import { z } from 'zod'
import type { Action, Advice } from './advice.ts'
import { keysOf } from './table.ts'

/**
 * `type` strings of the envelope. Scope failures are
 * `authentication_error` too, as upstream documents.
 */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'authorization_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'rate_limit_error'
  | 'service_error'
  | 'internal_error'

export interface ErrorDefinition {
  /** HTTP status the router answers with. */
  status: number
  type: ErrorType
  /** Whether the same request, sent again later, can succeed without any change. */
  retry: boolean
  /** The sentence a caller reads when the thrower has none that says more. */
  message: string
  /** What to do about it, for the reference, for the CLI and for pages. */
  advice: Advice
}

const define = <T extends Record<string, ErrorDefinition>>(table: T): { readonly [K in keyof T]: ErrorDefinition } =>
  table

// Steps that several errors share.
const mintJoinKey: Action = {
  label: 'Mint a join key',
  xeroctl: 'xeroctl agents join-keys --create --name <agent> --region <region>',
  route: 'joinKeys.create',
}
const listKeys: Action = { label: 'List the keys', xeroctl: 'xeroctl keys', route: 'apiKeys.list' }
const listMembers: Action = { label: 'List the members', xeroctl: 'xeroctl project members', route: 'members.list' }
const invite: Action = {
  label: 'Invite them',
  xeroctl: 'xeroctl project invitations create --email <email>',
  route: 'invitations.create',
}
const listInvitations: Action = {
  label: 'List the invitations',
  xeroctl: 'xeroctl project invitations',
  route: 'invitations.list',
}
const listAgents: Action = { label: 'List the agents', xeroctl: 'xeroctl agents', route: 'agents.list' }

export const errors = define({
  // 400: what was sent is wrong
  invalid_body: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'The request body does not fit its schema.',
    advice: { say: 'Correct the field that `param` names.' },
  },
  invalid_request: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'The request is not valid.',
    advice: { say: 'Correct the parameter that `param` names.' },
  },
  json_parse_error: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'The request body is not valid JSON.',
    advice: { say: 'Send UTF-8 JSON with content-type application/json.' },
  },
  invalid_arguments: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'The arguments do not fit the schema of the tool.',
    advice: {
      say: 'Correct the value at `param`.',
      action: { label: 'Show the tool', xeroctl: 'xeroctl exec tool-show <tool>', route: 'tools.show' },
    },
  },
  confirmation_required: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'An irreversible call is approved by typing the name of its tool; no call by typing another.',
    advice: {
      say: 'Send the name of the tool as `confirm`; with xeroctl, the same line with `--confirm <tool-name>`.',
    },
  },
  join_key_invalid: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'The join key is malformed or its signature does not verify.',
    advice: { say: 'Copy the whole value, or mint a new one.', action: mintJoinKey },
  },
  invitation_invalid: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'No invitation has this token.',
    advice: { say: 'Copy the whole token, or ask an owner of the project for another invitation.' },
  },
  payload_too_large: {
    status: 413,
    type: 'invalid_request_error',
    retry: false,
    message: 'The request is larger than the limit.',
    advice: { say: 'Send less; limits stand in the reference.' },
  },
  unsupported_media_type: {
    status: 415,
    type: 'invalid_request_error',
    retry: false,
    message: 'The content type is not supported.',
    advice: { say: 'Send application/json.' },
  },
  policy_invalid: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'The approval policy cannot be used.',
    advice: { say: 'Correct the place of the policy that `param` names.' },
  },

  reason_required: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'The policy wants a reason from whoever approves.',
    advice: { say: 'Approve with a note that says why.' },
  },

  // 401 and 403: who asks
  authentication_error: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The API key is missing, unknown, expired or revoked.',
    advice: { say: 'Send `Authorization: Bearer xero_…` with a key of this router.', action: listKeys },
  },
  login_failed: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The e-mail or the password is wrong.',
    advice: {
      say: 'Try again, or come with a link that is good for one login.',
      action: { label: 'Make a login link', xeroctl: 'xeroctl login-link', route: 'loginLinks.create' },
    },
  },
  second_factor_required: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The password alone does not log in: a second step is missing.',
    advice: { say: 'Send a code of the authenticator, a passkey or a recovery code with the e-mail and the password.' },
  },
  provider_refused: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'What the identity provider said was not accepted.',
    advice: { say: 'Log in again from the beginning, in one browser.' },
  },
  reset_invalid: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The link was used, or its time is over.',
    advice: { say: 'Ask for another at the page where you log in.' },
  },
  passkey_refused: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The passkey was not accepted.',
    advice: { say: 'Try again with one of yours. What was asked of it is good once, and for five minutes.' },
  },
  join_key_expired: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The join key has expired.',
    advice: { say: 'Enroll with a new one.', action: mintJoinKey },
  },
  join_key_revoked: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The join key was revoked.',
    advice: { say: 'Enroll with a new one.', action: mintJoinKey },
  },
  join_key_consumed: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The join key was already used by another identity.',
    advice: { say: 'A join key enrolls one agent once; mint a new one.', action: mintJoinKey },
  },
  person_required: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'A service key acts for nobody, and this is for people.',
    advice: { say: 'Use a key of the person whom it is about.', action: listKeys },
  },
  enrollment_pending: {
    status: 409,
    type: 'conflict_error',
    retry: true,
    message: 'The join key lets nobody in before an operator has approved it.',
    advice: {
      say: 'Approve the candidate; the agent asks again by itself.',
      action: { label: 'List the candidates', xeroctl: 'xeroctl agents candidates', route: 'candidates.list' },
    },
  },
  enrollment_rejected: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'An operator has refused this identity.',
    advice: { say: 'Ask the operator; another join key asks anew.', action: mintJoinKey },
  },
  join_key_wrong_role: {
    status: 403,
    type: 'authentication_error',
    retry: false,
    message: 'The join key is for the other agent role.',
    advice: {
      say: 'Mint a key with the role of this agent.',
      action: {
        label: 'Mint a join key',
        xeroctl: 'xeroctl agents join-keys --create --name <agent> --region <region> --role <xem|xim>',
        route: 'joinKeys.create',
      },
    },
  },
  wire_version_unsupported: {
    status: 400,
    type: 'invalid_request_error',
    retry: false,
    message: 'Router and agent have no version of the wire in common.',
    advice: { say: 'Upgrade the one that the message names, and start the agent again: its join key was not used.' },
  },
  invitation_expired: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The invitation has expired.',
    advice: { say: 'Ask an owner of the project for another one.', action: invite },
  },
  invitation_revoked: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The invitation was revoked.',
    advice: { say: 'Ask an owner of the project for another one.', action: invite },
  },
  invitation_accepted: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The invitation was accepted already.',
    advice: { say: 'It counts once. If it was not you, tell an owner of the project at once.', action: listMembers },
  },
  agent_credentials_revoked: {
    status: 401,
    type: 'authentication_error',
    retry: false,
    message: 'The credentials of this agent were revoked.',
    advice: { say: 'Enroll the agent again with a new join key.', action: mintJoinKey },
  },
  passkey_required: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'This call is approved with a passkey.',
    advice: {
      say: 'Open the dashboard where the message says, and approve there. Rejecting needs none.',
      action: { label: 'Make a login link', xeroctl: 'xeroctl login-link', route: 'loginLinks.create' },
    },
  },
  fresh_login_required: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'This is done by who has just proved who they are.',
    advice: { say: 'Show a passkey or type your password, or log in again, and do it then.' },
  },
  login_method_required: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'This project is open to who comes in another way.',
    advice: { say: 'Log in again by what the message names, in this browser.' },
  },
  scope_insufficient: {
    status: 403,
    type: 'authentication_error',
    retry: false,
    message: 'The API key lacks a required scope.',
    advice: { say: 'Use a key with the scope that the message names.', action: listKeys },
  },
  workspace_not_allowed: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'The API key may not call this workspace.',
    advice: {
      say: 'See which workspaces the key may call.',
      action: { label: 'Show the key', xeroctl: 'xeroctl keys <key-id>', route: 'apiKeys.show' },
    },
  },
  ip_not_allowed: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'The API key may not be used from this address.',
    advice: {
      say: 'See from where the key may be used.',
      action: { label: 'Show the key', xeroctl: 'xeroctl keys <key-id>', route: 'apiKeys.show' },
    },
  },
  cross_project_access: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'The API key does not belong to this project.',
    advice: { say: 'Use a key of this project.', action: listKeys },
  },
  self_approval: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'Requesters cannot approve their own calls.',
    advice: {
      say: 'Let another person decide. The message names the setting that forbids it: of the policy that asks, or of the project where the workspace has none.',
    },
  },

  owner_required: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'Only owners of the project may do this.',
    advice: {
      say: 'Use a key of an owner.',
      action: { label: 'Show who you are', xeroctl: 'xeroctl whoami', route: 'whoami.show' },
    },
  },
  admin_required: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'Only an admin of the installation may do this.',
    advice: {
      say: 'Ask an admin, or change what is of this project alone: the role, or the membership.',
      action: listMembers,
    },
  },
  csrf_refused: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'The request has a session and does not come from the page of the dashboard.',
    advice: { say: 'Reload the page. Programs send an API key, and no cookie.' },
  },
  key_of_another: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'Only its person may give the key another value.',
    advice: {
      say: 'Revoke it, and let its person make another.',
      action: { label: 'Revoke the key', xeroctl: 'xeroctl keys <key-id> --delete --yes', route: 'apiKeys.revoke' },
    },
  },
  user_inactive: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'This person was deactivated.',
    advice: { say: 'Activate them first, where they are a member.' },
  },
  not_an_approver: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'The policy asks others to decide this call.',
    advice: { say: 'Let somebody decide whom the approval names, or change the policy.' },
  },
  policy_refused: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'The policy of the workspace refuses this call.',
    advice: { say: 'The message says why. Where it names a time, submit the call again then.' },
  },
  break_glass_not_allowed: {
    status: 403,
    type: 'authorization_error',
    retry: false,
    message: 'This call cannot be run without its approvals.',
    advice: { say: 'An owner of the project can, where the policy has `break_glass`.' },
  },

  // 404 and 405: what is named
  not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is nothing at this address.',
    advice: { say: 'Check the path.' },
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    retry: false,
    message: 'The path does not take this method.',
    advice: { say: 'The header `Allow` names those that it takes.' },
  },
  project_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such project.',
    advice: { say: 'Check the project in the base URL.' },
  },
  agent_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such agent in this project.',
    advice: { say: 'Check its id and the project.', action: listAgents },
  },
  join_key_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such join key in this project.',
    advice: {
      say: 'Check its id and the project.',
      action: { label: 'List the join keys', xeroctl: 'xeroctl agents join-keys', route: 'joinKeys.list' },
    },
  },
  candidate_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such candidate in this project.',
    advice: {
      say: 'Check its id.',
      action: { label: 'List the candidates', xeroctl: 'xeroctl agents candidates', route: 'candidates.list' },
    },
  },
  session_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such session, or it has ended.',
    advice: { say: 'Look at the list of sessions again.' },
  },
  passkey_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'You have no such passkey.',
    advice: { say: 'Look at the list of your passkeys again.' },
  },
  api_key_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such API key in this project.',
    advice: { say: 'Check its id and the project.', action: listKeys },
  },
  user_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'The router knows nobody with this e-mail.',
    advice: { say: 'Check the address, or invite them.', action: invite },
  },
  member_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such member in this project.',
    advice: { say: 'Check the e-mail or the id.', action: listMembers },
  },
  group_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such group in this project.',
    advice: {
      say: 'Check its name.',
      action: { label: 'List the groups', xeroctl: 'xeroctl project groups', route: 'groups.list' },
    },
  },
  pause_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such pause in this project.',
    advice: {
      say: 'Check its id.',
      action: { label: 'List the pauses', xeroctl: 'xeroctl pauses', route: 'pauses.list' },
    },
  },
  legal_hold_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such legal hold in this project.',
    advice: {
      say: 'Check its id and the project.',
      action: { label: 'List what is held', xeroctl: 'xeroctl legal-holds list', route: 'legalHolds.list' },
    },
  },
  delegation_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such delegation in this project.',
    advice: {
      say: 'Check its id.',
      action: { label: 'List the delegations', xeroctl: 'xeroctl project delegations', route: 'delegations.list' },
    },
  },
  invitation_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such invitation in this project.',
    advice: { say: 'Check its id.', action: listInvitations },
  },
  workspace_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such workspace in this project.',
    advice: {
      say: 'Check its name and the project.',
      action: { label: 'List the workspaces', xeroctl: 'xeroctl workspaces list', route: 'workspaces.list' },
    },
  },
  binding_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'The workspace is not bound to that agent.',
    advice: {
      say: 'See which agents the workspace has.',
      action: { label: 'Show the workspace', xeroctl: 'xeroctl workspaces show <workspace>', route: 'workspaces.show' },
    },
  },
  execution_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such execution in this project.',
    advice: {
      say: 'Check its id and the project; retention may have removed it.',
      action: { label: 'List the calls', xeroctl: 'xeroctl exec list', route: 'executions.list' },
    },
  },
  approval_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such approval in this project.',
    advice: {
      say: 'Check its id and the project.',
      action: { label: 'List the approvals', xeroctl: 'xeroctl approvals list', route: 'approvals.list' },
    },
  },
  webhook_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such webhook in this project.',
    advice: {
      say: 'Check its id and the project.',
      action: { label: 'List the webhooks', xeroctl: 'xeroctl webhooks', route: 'webhooks.list' },
    },
  },
  approval_link_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such link in this project.',
    advice: {
      say: 'Check its id and the project.',
      action: { label: 'List the links', xeroctl: 'xeroctl approvals links list', route: 'approvalLinks.list' },
    },
  },
  channel_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such channel in this project.',
    advice: {
      say: 'Check its id and the project.',
      action: { label: 'List the channels', xeroctl: 'xeroctl notifications channels', route: 'channels.list' },
    },
  },
  delivery_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such delivery in this project.',
    advice: {
      say: 'Check its id; deliveries are kept for some days.',
      action: { label: 'List the deliveries', xeroctl: 'xeroctl notifications deliveries', route: 'deliveries.list' },
    },
  },
  artifact_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such artifact in this project.',
    advice: {
      say: 'The record of the execution names its artifacts; retention may have removed it.',
      action: { label: 'Show the call', xeroctl: 'xeroctl exec show <id>', route: 'executions.show' },
    },
  },
  export_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such export in this project.',
    advice: {
      say: 'Check its id and the project.',
      action: { label: 'List the exports', xeroctl: 'xeroctl exports list', route: 'exports.list' },
    },
  },
  export_not_ready: {
    status: 409,
    type: 'conflict_error',
    retry: true,
    message: 'The export has no archive: it is not complete, has failed, or has expired.',
    advice: {
      say: 'See how far it is.',
      action: { label: 'Show the export', xeroctl: 'xeroctl exports status <id>', route: 'exports.show' },
    },
  },
  audit_record_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such record in the audit log of this project.',
    advice: {
      say: 'Check its id and the project; retention may have removed it.',
      action: { label: 'List the records', xeroctl: 'xeroctl audit list', route: 'audit.records' },
    },
  },
  audit_tile_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'The audit log of this project has no such tile, entry or checkpoint.',
    advice: {
      say: 'It may not be sealed yet, or retention has removed it.',
      action: { label: 'See how far it is sealed', xeroctl: 'xeroctl audit log', route: 'audit.log' },
    },
  },
  // 404 on a catalogue read, 400 as the target of an invocation:
  // the thrower says which, and the route (`statuses`).
  exec_tool_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'No online agent offers this tool.',
    advice: {
      say: 'Check its name, and whether an agent that has it is online.',
      action: { label: 'List the tools', xeroctl: 'xeroctl exec tools', route: 'tools.list' },
    },
  },

  policy_not_found: {
    status: 404,
    type: 'not_found_error',
    retry: false,
    message: 'There is no such approval policy, or no such version of it.',
    advice: {
      say: 'Check its name, and the number of the version.',
      action: { label: 'List the policies', xeroctl: 'xeroctl approvals policy list', route: 'policies.list' },
    },
  },

  // 410: it was there
  output_removed: {
    status: 410,
    type: 'not_found_error',
    retry: false,
    message: 'The output of this call was removed when its time was over.',
    advice: {
      say: 'Its record is still there. The project says how long output is kept.',
      action: { label: 'Show the settings', xeroctl: 'xeroctl project show', route: 'project.show' },
    },
  },

  events_removed: {
    status: 410,
    type: 'not_found_error',
    retry: false,
    message: 'Some of what came after that event was removed when its time was over.',
    advice: {
      say: 'Open the stream without Last-Event-ID, and read the calls from then on from the list.',
      action: { label: 'List the calls', xeroctl: 'xeroctl exec list --since <time>', route: 'executions.list' },
    },
  },

  // 409: the state of things
  policy_conflict: {
    status: 412,
    type: 'conflict_error',
    retry: false,
    message: 'Somebody changed the policy meanwhile.',
    advice: {
      say: 'Apply your change to what is there now, under its name.',
      action: { label: 'Show it', xeroctl: 'xeroctl approvals policy show <policy>', route: 'policies.show' },
    },
  },
  illegal_transition: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The current state does not allow this.',
    advice: { say: 'Read the record again; the message names the state.' },
  },
  rotation_in_progress: {
    status: 409,
    type: 'conflict_error',
    retry: true,
    message: 'A rotation of this agent has not been completed or rolled back yet.',
    advice: {
      say: 'Wait for its end.',
      action: { label: 'List its rotations', xeroctl: 'xeroctl agents rotations <agent>', route: 'agents.rotations' },
    },
  },
  rotation_unsupported: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The agent does not know how to rotate its keys: it is of an earlier version. It works on as it is.',
    advice: { say: 'Upgrade the agent, and rotate it then.', action: listAgents },
  },
  grant_key_retiring: {
    status: 409,
    type: 'conflict_error',
    retry: true,
    message: 'The grant key before the current one signs still, and two sign at most.',
    advice: {
      say: 'Wait for its end. Agents of earlier versions keep it: upgrade or remove them.',
      action: { label: 'Show the grant keys', xeroctl: 'xeroctl agents grant-keys', route: 'grantKeys.show' },
    },
  },
  workspace_in_use: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'Calls of the workspace wait or run.',
    advice: {
      say: 'Cancel them, or wait until they have ended.',
      action: {
        label: 'List its calls',
        xeroctl: 'xeroctl exec list --workspace <workspace> --status pending_approval,queued,dispatched,running',
        route: 'executions.list',
      },
    },
  },
  last_management_key: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'Without this key nobody could manage the project any more.',
    advice: {
      say: 'Make another first.',
      action: {
        label: 'Create a key',
        xeroctl: 'xeroctl keys create --name <name> --scopes management',
        route: 'apiKeys.create',
      },
    },
  },
  links_disabled: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'One-time links are not set up.',
    advice: { say: 'Set XEROTIER_APPROVAL_LINK_SECRET and XEROTIER_SMTP_URL of the router.' },
  },
  last_owner: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'Without this owner the project would have none.',
    advice: {
      say: 'Make somebody else an owner first.',
      action: {
        label: 'Make another owner',
        xeroctl: 'xeroctl project members update <email> --role owner',
        route: 'members.update',
      },
    },
  },
  second_factor_enabled: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'An authenticator is set up already.',
    advice: { say: 'Remove it first, with a code of it or a recovery code.' },
  },
  passkey_known: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'This passkey is somebody’s already.',
    advice: { say: 'Make another in your authenticator.' },
  },
  push_key_replaced: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The router has another key for push services since.',
    advice: { say: 'Load the page again and switch notifications on.' },
  },
  passkeys_unavailable: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'Browsers make passkeys for names over TLS alone, and this router is reached otherwise.',
    advice: { say: 'Set XEROTIER_PUBLIC_URL to where people reach it: https and a name.' },
  },
  already_member: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'This person is a member already.',
    advice: { say: 'Change their role instead.', action: listMembers },
  },
  invitation_pending: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'An invitation to this address is pending.',
    advice: { say: 'Revoke it first, if its token is lost.', action: listInvitations },
  },
  delegation_cycle: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The hand-overs would go round in a circle: nobody of it would be there.',
    advice: {
      say: 'Hand over to somebody who has not handed over at that time.',
      action: { label: 'List the delegations', xeroctl: 'xeroctl project delegations', route: 'delegations.list' },
    },
  },
  limit_reached: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The project has as many of these as it may.',
    advice: { say: 'Remove what is not needed any more; limits stand in the reference.' },
  },
  idempotency_conflict: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The idempotency key was used with a different request.',
    advice: { say: 'Use a new key for a new request.' },
  },
  name_taken: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The name is in use.',
    advice: { say: 'Choose another name.' },
  },
  approval_already_decided: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The approval was already decided.',
    advice: {
      say: 'See how it was decided.',
      action: { label: 'Show the approval', xeroctl: 'xeroctl approvals show <id>', route: 'approvals.show' },
    },
  },
  approval_expired: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The approval has expired.',
    advice: { say: 'Submit the call again.' },
  },
  approval_voided: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'What was to be approved has changed, so the approval is void.',
    advice: { say: 'Submit the call again and review it anew.' },
  },
  tool_changed: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The tool changed while the call waited, so the call was not run.',
    advice: { say: 'Look at the tool as it is now, and submit the call again.' },
  },

  // 429 and 503: try again
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    retry: true,
    message: 'Too many requests.',
    advice: { say: 'Wait for `retry_after` seconds.' },
  },
  capacity_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    retry: true,
    message: 'Every agent that could run this is full and the queue is at its limit.',
    advice: { say: 'Wait for `retry_after` seconds, or add an agent.' },
  },
  tool_executor_unavailable: {
    status: 503,
    type: 'service_error',
    retry: true,
    message: 'No online agent can run this tool for this workspace.',
    advice: { say: 'See which agents are online, and which of them the workspace has.', action: listAgents },
  },
  endpoint_unavailable: {
    status: 503,
    type: 'service_error',
    retry: true,
    message: 'The router cannot listen under a second key.',
    advice: { say: 'Free the address that the message names, or set XEROTIER_DATA_PLANE_ALTERNATE to another.' },
  },
  provider_unavailable: {
    status: 503,
    type: 'service_error',
    retry: true,
    message: 'The identity provider does not answer.',
    advice: { say: 'Try again soon, or come another way: with a passkey, a password, a link.' },
  },
  backend_unavailable: {
    status: 503,
    type: 'service_error',
    retry: true,
    message: 'The router cannot reach its database.',
    advice: { say: 'Wait and retry; see /readyz.' },
  },

  // Outcomes of an execution: they stand in its record, and are no HTTP answers of their own.
  execution_failed: {
    status: 500,
    type: 'service_error',
    retry: false,
    message: 'The tool ended with an error.',
    advice: {
      say: 'See what it wrote.',
      action: { label: 'Show its output', xeroctl: 'xeroctl exec raw <id>', route: 'executions.raw' },
    },
  },
  execution_timeout: {
    status: 504,
    type: 'service_error',
    retry: false,
    message: 'The tool ran past its deadline and was killed.',
    advice: { say: 'Raise `timeout_ms` of the tool if it needs longer.' },
  },
  execution_interrupted: {
    status: 500,
    type: 'service_error',
    retry: false,
    message: 'The agent stopped while the call ran; whether it took effect is not known.',
    advice: {
      say: 'Look at the target, and say what became of it.',
      action: {
        label: 'Resolve the call',
        xeroctl: 'xeroctl exec resolve <id> --outcome <completed|failed|cancelled> --note <how-you-know>',
        route: 'executions.resolve',
      },
    },
  },
  execution_expired: {
    status: 504,
    type: 'service_error',
    retry: true,
    message: 'No agent could run the call in time.',
    advice: { say: 'See whether an agent could have run it, and submit it again.', action: listAgents },
  },
  execution_cancelled: {
    status: 409,
    type: 'conflict_error',
    retry: false,
    message: 'The call was cancelled.',
    advice: { say: 'Submit it again if it is still wanted.' },
  },
  tool_start_failed: {
    status: 500,
    type: 'service_error',
    retry: false,
    message: 'The program of the tool could not be started.',
    advice: { say: 'The message says why; look at the bundle on the agent host.' },
  },
  credentials_missing: {
    status: 500,
    type: 'service_error',
    retry: false,
    message: 'The credential file that the tool refers to is missing or unreadable on the agent host.',
    advice: { say: 'Put the file named by `credentials_ref` into the credentials folder and reload the agent.' },
  },
  router_callback_missing: {
    status: 500,
    type: 'service_error',
    retry: false,
    message: 'The tool calls back to the router, but the agent has no callback token.',
    advice: { say: 'Set XEM_ROUTER_AUTH_TOKEN on the agent.' },
  },
  grant_invalid: {
    status: 500,
    type: 'authorization_error',
    retry: false,
    message: 'The agent refused the call: its approval does not cover what was dispatched.',
    advice: { say: 'Submit the call again; if it recurs, treat it as an incident.' },
  },
  agent_refused: {
    status: 500,
    type: 'service_error',
    retry: true,
    message: 'The agent refused the call.',
    advice: { say: 'The message says why.' },
  },

  contents_unreadable: {
    status: 500,
    type: 'service_error',
    retry: false,
    message: 'What this call carries is encrypted with a key that the router does not have.',
    advice: { say: 'Add that key to XEROTIER_COMPLETION_ENCRYPTION_KEY of the router, behind the current one.' },
  },

  internal_error: {
    status: 500,
    type: 'internal_error',
    retry: true,
    message: 'Something failed inside the router.',
    advice: { say: 'Report the X-Request-ID and the time; the cause is in the log.' },
  },
})

export type ErrorCode = keyof typeof errors

export const errorCodes = keysOf(errors)

/** How a client should pace its retries; sent inside every 429. Times in milliseconds. */
const retryStrategySchema = z.object({
  type: z.literal('exponential_backoff'),
  initial_delay_ms: z.int().nonnegative(),
  max_delay_ms: z.int().nonnegative(),
  multiplier: z.number(),
  jitter: z.boolean(),
})

/** What every failed request answers. `retry_after` is in whole seconds. */
export const errorEnvelopeSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    code: z.string().nullable(),
    param: z.string().nullable(),
    retry_after: z.int().nonnegative().optional(),
    retry_strategy: retryStrategySchema.optional(),
  }),
})
export type ErrorEnvelope = z.infer<typeof errorEnvelopeSchema>

export interface FaultDetail {
  /** A sentence that says more than the catalogue's. It must hold no secret. */
  message?: string
  /** The field, path or parameter at fault. */
  param?: string
  /** Whole seconds to wait. */
  retryAfter?: number
  /** Overrides the catalogue's HTTP status where one code has two (`exec_tool_not_found`). */
  status?: number
  cause?: unknown
}

/** The one error class: everything that a caller may see is thrown as a Fault. */
export class Fault extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly param: string | null
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, detail: FaultDetail = {}) {
    super(detail.message ?? errors[code].message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'Fault'
    this.code = code
    this.status = detail.status ?? errors[code].status
    this.param = detail.param ?? null
    this.retryAfter = detail.retryAfter
  }

  /** The JSON that goes to the caller. A 429 always says how long to wait. */
  toEnvelope(): ErrorEnvelope {
    const { type } = errors[this.code]
    const error: ErrorEnvelope['error'] = { message: this.message, type, code: this.code, param: this.param }
    if (this.status === 429) {
      const seconds = this.retryAfter ?? 1
      error.retry_after = seconds
      error.retry_strategy = {
        type: 'exponential_backoff',
        initial_delay_ms: seconds * 1000,
        max_delay_ms: Math.max(30_000, seconds * 1000),
        multiplier: 2,
        jitter: true,
      }
    } else if (this.retryAfter !== undefined) {
      error.retry_after = this.retryAfter
    }
    return { error }
  }
}
