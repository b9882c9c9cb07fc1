/** A binary heap of tasks, earliest first; equal moments keep the order in which they were asked for. */
export type Work = () => void | Promise<void>;

export interface Task {
  dueMs: number;
  order: number;
  /** Undefined once the task was called off. */
  work: Work | undefined;
}

export interface TaskQueue {
  first(): Task | undefined;
  add(task: Task): void;
  removeFirst(): void;
  size(): number;
  clear(): void;
}

export function createQueue(): TaskQueue {
  const heap: Task[] = [];
  return {
    first: () => heap[0],
    add: (task) => rise(heap, task),
    removeFirst: () => {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(heap, last);
    },
    size: () => heap.length,
    clear: () => {
      heap.length = 0;
    },
  };
}

function isBefore(a: Task, b: Task): boolean {
  return a.dueMs === b.dueMs ? a.order < b.order : a.dueMs < b.dueMs;
}

function rise(heap: Task[], task: Task): void {
  let index = heap.length;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(task, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = task;
}

function sink(heap: Task[], task: Task): void {
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    if (left === undefined) break;
    const isRight = right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (!isBefore(child, task)) break;
    heap[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = task;
}
