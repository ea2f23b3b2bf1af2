// A cluster as guide 1 has it: three nodes, a shop that
// must keep two of three pods, something in kube-system.
import type { KubeObject } from './kinds.ts'

const namespace = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
  spec: {},
  status: { phase: 'Active' },
})

const node = (name: string, role?: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, ...(role ? { [`node-role.kubernetes.io/${role}`]: '' } : {}) },
  },
  spec: {},
  status: {
    conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
    nodeInfo: {
      kubeletVersion: 'v1.32.4',
      osImage: 'Debian GNU/Linux 12',
      architecture: 'amd64',
      operatingSystem: 'linux',
    },
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    addresses: [{ type: 'Hostname', address: name }],
  },
})

function deployment(name: string, namespace: string, replicas: number, image: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
    },
  }
}

export const sampleCluster: readonly KubeObject[] = [
  namespace('default'),
  namespace('kube-system'),
  namespace('web'),
  node('node-1', 'control-plane'),
  node('node-2'),
  node('node-3'),
  deployment('shop', 'web', 3, 'images.example/shop:1.4.2'),
  deployment('coredns', 'kube-system', 1, 'images.example/coredns:1.12.0'),
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'shop', namespace: 'web' },
    spec: { minAvailable: 2, selector: { matchLabels: { app: 'shop' } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'node-3.1', namespace: 'default' },
    type: 'Warning',
    reason: 'DiskPressure',
    message: 'Node node-3 has disk pressure',
    involvedObject: { kind: 'Node', name: 'node-3' },
    lastTimestamp: '2026-01-01T00:00:00Z',
  },
]
