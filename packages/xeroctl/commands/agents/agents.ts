import { group } from '../../command.ts'
import { agentsAcceptRisk } from './accept-risk.ts'
import { candidates } from './candidates/candidates.ts'
import { agentsCurveRotate } from './curve-rotate.ts'
import { agentsDelete } from './delete.ts'
import { agentsEvents } from './events.ts'
import { agentsGrantKeys } from './grant-keys.ts'
import { joinKeys } from './join-keys/join-keys.ts'
import { agentsList } from './list.ts'
import { agentsPauseExec } from './pause-exec.ts'
import { agentsResumeExec } from './resume-exec.ts'
import { agentsRevokeCredentials } from './revoke-credentials.ts'
import { agentsRotateGrantKey } from './rotate-grant-key.ts'
import { agentsRotateSigningKey } from './rotate-signing-key.ts'
import { agentsRotations } from './rotations.ts'
import { agentsShow } from './show.ts'
import { agentsUpdate } from './update.ts'

export const agents = group({
  name: 'agents',
  summary: 'The hosts that run tools: list, inspect, pause, remove',
  members: [
    agentsList,
    agentsShow,
    agentsEvents,
    agentsUpdate,
    agentsDelete,
    agentsPauseExec,
    agentsResumeExec,
    agentsAcceptRisk,
    agentsCurveRotate,
    agentsRotateSigningKey,
    agentsRotations,
    agentsRotateGrantKey,
    agentsGrantKeys,
    agentsRevokeCredentials,
    joinKeys,
    candidates,
  ],
  bare: {
    freeNames: true,
    list: agentsList,
    show: agentsShow,
    actions: { events: agentsEvents, delete: agentsDelete },
  },
})
