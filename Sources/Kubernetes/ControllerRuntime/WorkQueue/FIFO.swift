/// A first-in-first-out queue that gives the memory of what was taken back in one go.
struct FIFO<Element> {
    private var elements: [Element] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }

    var first: Element? { head < elements.count ? elements[head] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        defer {
            head += 1
            if head == elements.count {
                elements.removeAll(keepingCapacity: head <= 1024)
                head = 0
            } else if head >= 64, head * 2 >= elements.count {
                elements.removeSubrange(..<head)
                head = 0
            }
        }
        return elements[head]
    }
}

extension FIFO: Sendable where Element: Sendable {}
