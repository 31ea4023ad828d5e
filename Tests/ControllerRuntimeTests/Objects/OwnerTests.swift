import ControllerRuntime
import KubeModel
import OperatorTestKit
import Testing

@Suite struct OwnerTests {
    private func owner(_ name: String = "owner", uid: String = "1", namespace: String? = "ns") -> KubeObject {
        var object = KubeObject(.widgets, namespace: namespace, name: name)
        object["metadata", "uid"] = .string(uid)
        return object
    }

    @Test func `the controller is set once, and set again changes nothing`() throws {
        var pod = KubeObject.pod("p", namespace: "ns")
        try pod.setController(owner())
        let once = pod
        try pod.setController(owner())
        #expect(pod == once)
        #expect(pod.isControlled(by: owner()))
        #expect(
            pod.controller
                == OwnerReference(apiVersion: "test.io/v1", kind: "Widget", name: "owner", uid: "1"))
    }

    @Test func `an object has one controller, and other owners beside it`() throws {
        var pod = KubeObject.pod("p", namespace: "ns")
        try pod.setController(owner())
        let error = #expect(throws: RuntimeError.self) { try pod.setController(owner("other", uid: "2")) }
        #expect(error?.code == .ownership)
        try pod.addOwner(owner("other", uid: "2"))
        #expect(pod.ownerReferences.map(\.controller) == [true, false])
        pod.removeOwner(owner())
        #expect(pod.controller == nil)
        #expect(pod.ownerReferences.map(\.name) == ["other"])
    }

    @Test func `an owner that was made anew takes the place of the old one`() throws {
        var pod = KubeObject.pod("p", namespace: "ns")
        try pod.setController(owner())
        #expect(!pod.isControlled(by: owner(uid: "2")))
        try pod.setController(owner(uid: "2"))
        #expect(pod.ownerReferences.map(\.uid) == ["2"])
    }

    @Test func `owners that the garbage collector wouldn't find are refused`() throws {
        var pod = KubeObject.pod("p", namespace: "ns")
        var clusterWide = KubeObject.namespace("n")
        for bad in [owner(namespace: "other"), owner(uid: "")] {
            #expect(throws: RuntimeError.self) { try pod.setController(bad) }
        }
        #expect(throws: RuntimeError.self) { try clusterWide.setController(owner()) }
        try pod.setController(owner(namespace: nil))
        #expect(pod.controller != nil)
    }
}
