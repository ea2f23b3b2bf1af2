// Where a stream goes: the domain says what, the door says how.

export interface StreamItem {
  name: string
  /** Cursor from where the stream resumes after this item. */
  id: string
  data: unknown
}

export interface StreamSink {
  /** Resolves when there is room for more. */
  write(items: readonly StreamItem[]): Promise<void>
  /** Nothing more will come. */
  end(): void
}
