// A Node of ours that does nothing.
process.send?.('up')
setInterval(() => {}, 2 ** 30)
