"""Events of OCSF as other products write them, for tests: one of each class that is read."""

from typing import Any, Final

Json = dict[str, Any]


def of_class(class_uid: int, activity_id: int, **attributes: Any) -> Json:  # noqa: ANN401 - JSON
    """An event that succeeded, reported by an identity provider of somebody else."""
    return {
        "metadata": {
            "version": "1.3.0",
            "uid": "e-1",
            "product": {"name": "Key Desk", "vendor_name": "Elsewhere"},
        },
        "time": 1773299822123,
        "class_uid": class_uid,
        "activity_id": activity_id,
        "status_id": 1,
        "actor": {"user": {"name": "boss@example.org", "type_id": 2}},
        "src_endpoint": {"ip": "203.0.113.9"},
        **attributes,
    }


EVENTS: Final = (
    of_class(
        3007,
        14,
        user={"name": "anna", "uid": "u-7"},
        privileges=["Read", "Write"],
        resources=[{"name": "Claims Portal", "type": "application"}],
    ),
    of_class(3005, 2, user={"uid": "u-7"}, privileges=["Read"]),
    of_class(3001, 7, user={"name": "anna"}, policy={"name": "Admins"}),
    of_class(3007, 5, user={"name": "anna"}),
    of_class(3006, 3, group={"name": "Claims Desk"}, users=[{"name": "anna"}, {"name": "bob"}]),
    of_class(3002, 1, user={"name": "anna"}, service={"name": "vpn"}, session={"uid": "s-1"}),
    of_class(3003, 1, user={"name": "anna"}, privileges=["SeBackup"]),
    of_class(6005, 4, database={"name": "claims", "type_id": 1}),
    of_class(6006, 2, file={"name": "list.csv", "type_id": 1, "size": 512}),
    of_class(6001, 7, web_resources=[{"name": "report"}]),
    of_class(6003, 2, api={"operation": "GetClaim", "service": {"name": "claims"}}),
    of_class(4009, 1, email={"from": "a@example.org", "to": ["b@example.net"]}, direction_id=2),
    of_class(4007, 5, dst_endpoint={"hostname": "gateway"}),
    of_class(
        2004,
        1,
        finding_info={"uid": "f-1", "title": "Password spraying"},
        evidences=[{"src_endpoint": {"ip": "203.0.113.9"}, "user": {"name": "root"}}],
    ),
    of_class(2005, 1, finding_info_list=[{"uid": "f-2", "title": "Malware"}]),
    of_class(
        7004,
        1,
        command_uid="c-1",
        observables=[{"name": "ip", "type_id": 2, "value": "198.51.100.3"}],
    ),
    of_class(1008, 1, log_name="Security"),
    of_class(1007, 1, process={"name": "x"}),
)
