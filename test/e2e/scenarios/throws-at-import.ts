throw new Error('this scenario cannot be imported')
