import type { ExportRow } from '../../store/tables.ts'

/** For whoever opens the archive without us. */
export function readmeOf({ id, project_id, type, format, since, until }: ExportRow, rows: number): string {
  return `# Export ${id}

${rows} ${type} of project ${project_id}, from ${since.toISOString()} until ${until.toISOString()}, as ${format}.

- \`manifest.json\`: every other file with its length and SHA-256.
- \`audit/\`: the sealed audit log of that time, with the hashes and the signed checkpoint that prove it. It begins and ends with
  a whole tile, so that it holds some records from before and after.

To verify, with the key that you kept from \`xeroctl audit log\`:

    xeroctl audit verify --from audit --key <verifier-key>
    python3 verify-audit.py audit <verifier-key>

A postmortem names: incident and window; affected calls (the ids stand in the files); root cause; how it was detected, and how
long that took; what was done; what prevents it from now on.
`
}
