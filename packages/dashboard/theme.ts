// The reader's choice, before anything is drawn. Without one the system's counts.
try {
  const theme = localStorage.getItem('xerotier-theme')
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme
} catch {
  // A browser that keeps nothing for us.
}
