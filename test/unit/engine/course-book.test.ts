import { describe, expect, it } from 'vitest'
import { makeCourseBook } from '../../../src/engine/course-book.ts'

const constant = { durationMs: 1_000, ratePerSecond: 50, process: 'constant', steps: 4, places: 3 } as const

describe('makeCourseBook', () => {
  it('begins each step with an arrival, so that all have as many', () => {
    const book = makeCourseBook(constant)
    for (let index = 0; index < 50; index++) book.arrive(index * (1_000 / 50))
    // 50 arrivals are no four equal parts: four of 12, and two that belong to none.
    expect(book.read()).toMatchObject({ stepMs: 240, arrived: [12, 12, 12, 12] })
  })

  it('has at least one arrival in each step, however few there are', () => {
    const { stepMs, arrived } = makeCourseBook({ ...constant, ratePerSecond: 2 }).read()
    expect({ stepMs, steps: arrived.length }).toEqual({ stepMs: 500, steps: 2 })
  })

  it('divides the time evenly where arrivals come at random', () => {
    expect(makeCourseBook({ ...constant, process: 'poisson' }).read().stepMs).toBe(250)
  })

  it('splits the use of a place over the steps that it lasts for, and counts no more places than there are', () => {
    const book = makeCourseBook({ ...constant, process: 'poisson' })
    book.begin(100)
    for (const atMs of [600, 600, 600]) book.begin(atMs)
    book.end(700, 'succeeded')
    book.end(800, 'failed')
    expect(book.read()).toMatchObject({
      usedMs: [150, 250, 100 + 3 * 150, 3 * 50 + 2 * 200],
      succeeded: [0, 0, 1, 0],
      failed: [0, 0, 0, 1],
    })
  })

  it('leaves out what ends after the schedule: nothing arrives then', () => {
    const book = makeCourseBook(constant)
    book.begin(900)
    book.end(1_900, 'succeeded')
    expect(book.read()).toMatchObject({ succeeded: [0, 0, 0, 0], usedMs: [0, 0, 0, 60] })
  })
})
