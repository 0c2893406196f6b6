"""Commands that run by themselves: started, watched, cancelled and resumed by whoever looks at the store of jobs next, with a service or without."""
