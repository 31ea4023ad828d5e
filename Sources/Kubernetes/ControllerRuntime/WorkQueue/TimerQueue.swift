/// A binary heap: the element whose moment is next is first; of the same moment, the one that was inserted first.
struct TimerQueue<Element> {
    struct Entry {
        var deadline: Duration
        var element: Element
        fileprivate var order: UInt64

        fileprivate func precedes(_ other: Entry) -> Bool {
            (deadline, order) < (other.deadline, other.order)
        }
    }

    private var heap: [Entry] = []
    private var lastOrder: UInt64 = 0

    var count: Int { heap.count }
    var first: Entry? { heap.first }

    mutating func insert(_ element: Element, at deadline: Duration) {
        lastOrder += 1
        heap.append(Entry(deadline: deadline, element: element, order: lastOrder))
        siftUp()
    }

    private mutating func siftUp() {
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    @discardableResult
    mutating func popFirst() -> Entry? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return first }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(heap[parent]) else { return first }
            heap.swapAt(child, parent)
            parent = child
        }
    }

    mutating func removeAll(where isObsolete: (Element) -> Bool) {
        let kept = heap.filter { !isObsolete($0.element) }
        heap = []
        for entry in kept {
            heap.append(entry)
            siftUp()
        }
    }
}

extension TimerQueue: Sendable where Element: Sendable {}
extension TimerQueue.Entry: Sendable where Element: Sendable {}
