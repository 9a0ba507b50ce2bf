console.error('leaving before anything')
process.exit(3)
