"""The life of an act on each kind of database."""

from pathlib import Path

from tests.service.ldv.told_acts import NUMBER, OPENING, about, asking, record_line, registered


def test_an_act_lives_alike_on_each_database(database_url: str, tmp_path: Path) -> None:
    """An interface would hold on the database that is easy to test, and fail on the other."""
    with asking(tmp_path, database=database_url) as log:
        record_line(log.context)
        told = registered(log.recorder, bewaartermijn="P10Y")
        path = f"/verwerkingsacties/{told['actieId']}"
        assert len(about(log.officer)) == 2
        anew = log.recorder.put(path, json={**told, "actieNaam": "Anders"})
        assert anew.status_code == 200
        opened = log.officer.get(path, headers=OPENING).json()
        assert (opened["actieNaam"], opened["bewaartermijn"]) == ("Anders", "P10Y")
        patched = log.officer.patch(
            f"/verwerkingsacties?verwerkingId={told['verwerkingId']}",
            json={"vertrouwelijkheid": "vertrouwelijk"},
        )
        assert patched.status_code == 204
        assert len(about(log.officer)) == 1
        question = {"dpl": {"core": {"dataSubjectId": NUMBER, "dataSubjectIdType": "BSN"}}}
        lines = [
            client.post("/data-processing-operations", json=question).json()
            for client in (log.reader, log.officer)
        ]
        assert [len(each["dataProcessingOperations"]) for each in lines] == [1, 2]
        assert log.officer.delete(path).status_code == 204
        assert log.officer.get(path).status_code == 404
