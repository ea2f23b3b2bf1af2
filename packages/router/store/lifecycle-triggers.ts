// The database refuses an illegal move too (law L6). Its triggers are made of the same tables as
// everything else, at every migration.
import { agentLifecycle } from '@xerotier/protocol/lifecycles/agent.ts'
import { approvalLifecycle } from '@xerotier/protocol/lifecycles/approval.ts'
import { candidateLifecycle } from '@xerotier/protocol/lifecycles/candidate.ts'
import { deliveryLifecycle } from '@xerotier/protocol/lifecycles/delivery.ts'
import { executionLifecycle, settledExecutionStates } from '@xerotier/protocol/lifecycles/execution.ts'
import { exportLifecycle } from '@xerotier/protocol/lifecycles/export.ts'
import { grantKeyLifecycle } from '@xerotier/protocol/lifecycles/grant-key.ts'
import { invitationLifecycle } from '@xerotier/protocol/lifecycles/invitation.ts'
import { joinKeyLifecycle } from '@xerotier/protocol/lifecycles/join-key.ts'
import type { Lifecycle } from '@xerotier/protocol/lifecycles/lifecycle.ts'
import { pauseLifecycle } from '@xerotier/protocol/lifecycles/pause.ts'
import { rotationLifecycle } from '@xerotier/protocol/lifecycles/rotation.ts'
import { routerKeyLifecycle } from '@xerotier/protocol/lifecycles/router-key.ts'

/** SQLSTATE of a refused move. */
export const illegalMoveState = 'XE001'

const tables: [string, Lifecycle<string>][] = [
  ['executions', executionLifecycle],
  ['approvals', approvalLifecycle],
  ['agents', agentLifecycle],
  ['join_keys', joinKeyLifecycle],
  ['invitations', invitationLifecycle],
  ['deliveries', deliveryLifecycle],
  ['pauses', pauseLifecycle],
  ['exports', exportLifecycle],
  ['candidates', candidateLifecycle],
  ['rotations', rotationLifecycle],
  ['router_keys', routerKeyLifecycle],
  ['grant_keys', grantKeyLifecycle],
]

/** A call that cannot be dispatched any more has no use for its secret arguments. */
function forgetsSecrets(table: string): string {
  if (table !== 'executions') return ''
  return `  if new.state in (${list(settledExecutionStates)}) then new.secrets := null; end if;\n`
}

const list = (states: readonly string[]) => states.map((state) => `'${state}'`).join(', ')

/**
 * One trigger for inserts and one for moves per table. States hold only letters and underscores, so
 * that quoting is enough.
 *
 * Postgres parses a trigger's condition anew in every statement, so a condition must be short. The
 * moves of an execution as a condition cost a lone update a fifth of the backend's time (41 us of
 * 206), the function call at most 2 us a row.
 */
export function lifecycleTriggers(): string {
  return tables
    .map(([table, lifecycle]) => {
      const moves = Object.entries(lifecycle.moves).flatMap(([from, moves]) => moves.map((to) => `${from} ${to}`))
      return `
create or replace function refuse_${table}_state() returns trigger language plpgsql as $$
begin
  raise exception '${lifecycle.name} cannot begin as %', new.state using errcode = '${illegalMoveState}';
end $$;
create or replace function check_${table}_move() returns trigger language plpgsql as $$
begin
  if old.state is distinct from new.state and old.state || ' ' || new.state <> all (array[${list(moves)}]) then
    raise exception '${lifecycle.name} cannot move from % to %', old.state, new.state using errcode = '${illegalMoveState}';
  end if;
${forgetsSecrets(table)}  return new;
end $$;
drop trigger if exists check_state_insert on ${table};
drop trigger if exists check_state_update on ${table};
create trigger check_state_insert before insert on ${table} for each row
  when (not new.state in (${list(lifecycle.initial)})) execute function refuse_${table}_state();
create trigger check_state_update before update of state on ${table} for each row execute function check_${table}_move();`
    })
    .join('\n')
}
